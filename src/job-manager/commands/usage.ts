import { listJobs } from "../../dbt-cloud/jobs";
import { nodeResults, readRun, type NodeResult } from "../../dbt-cloud/runs";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import { withChangedFile } from "../environment-named";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import { usageText } from "../output/usage-text";
import { cacheFile, readHistory } from "../run-history/history";
import { readResults } from "../run-history/results";
import { connectTarget, jobsByKey, type Target } from "../target";
import { measured, type MeasuredRun } from "../usage/measured-run";
import { monthOf } from "../usage/month-forecast";
import { differencesOf } from "../usage/nodes";
import { savedModels, savingsOf, type PeriodUse } from "../usage/savings";
import { asPlanned, exceededOn, totalsOf, usageOf, type Usage } from "../usage/usage";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface UsageOptions {
  /** Env files or folders of them. */
  readonly files: readonly string[];
  /** The length of the period until now, in days. */
  readonly days: number;
  /** The successful models that the plan includes in a month. */
  readonly allowance?: number;
  /** The ids of two runs. */
  readonly compare?: readonly string[];
  /** An env file that replaces the one of the same environment. */
  readonly change?: string;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Shows what the runs of environments used: successful models built with a forecast of the month, seconds of the warehouse by job and
 * owner, runs in progress by hour, slow models, and tests that flap. The results of each run are read once, and kept.
 *
 * @throws ConfigurationError with all problems of the env files and of the environment variables
 * @throws CommandError when `compare` does not have two ids
 * @throws DbtCloudError when a request fails; the results that were read before are kept
 */
export async function usage(options: UsageOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const { env, now } = dependencies;
  const settings = readSettings(env);
  const compared = options.compare && idsIn(options.compare);
  const environments = loadEnvironments(options.files, settings);
  const targets = environments.map((environment) =>
    connectTarget({ environment, beside: [], fileOf: new Map() }, settings, dependencies),
  );
  const period = { from: new Date(now.getTime() - options.days * DAY), to: now };
  const runs: MeasuredRun[] = [];
  for (const target of targets) runs.push(...(await runsOf(target, period.from, dependencies)));
  const shown: Usage = {
    ...usageOf(environments, runs, period, options.allowance),
    ...(compared ? { comparison: await comparisonOf(targets[0]!, compared) } : {}),
    ...(options.change === undefined ? {} : { change: changeOf(options.change, environments, runs, dependencies) }),
  };
  return { exitCode: EXIT.ok, text: usageText(shown, dependencies), json: usageJson(shown) };
}

/** The runs of an environment since the start of the month, or since an earlier time. */
async function runsOf(target: Target, from: Date, { env, now, progress }: CommandDependencies): Promise<MeasuredRun[]> {
  const { client, where, environment } = target;
  const keys = new Map([...jobsByKey(target, await listJobs(client, where))].map(([key, { id }]) => [id, key]));
  const start = new Date(Math.min(from.getTime(), monthOf(now).from.getTime()));
  const period = { from: start, to: now };
  const history = await readHistory(client, where.environmentId, period, cacheFile("runs", target, env));
  progress.note(`${environment.name}: ${history.length} runs`);
  const results = await readResults(client, history, cacheFile("results", target, env));
  return history.map((run) =>
    measured(run, results.get(run.id) ?? [], { environment: environment.name, key: keys.get(run.job_definition_id) }),
  );
}

function idsIn(texts: readonly string[]): [before: number, after: number] {
  const [before, after, ...rest] = texts.map((text) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined));
  if (before !== undefined && after !== undefined && rest.length === 0) return [before, after];
  throw new CommandError(
    EXIT.usage,
    `--compare ${texts.join(" ")} is not readable; write the ids of two runs, such as --compare 811 812`,
  );
}

async function comparisonOf(
  { client }: Target,
  [before, after]: readonly [number, number],
): Promise<NonNullable<Usage["comparison"]>> {
  const read = async (id: number): Promise<readonly NodeResult[]> => nodeResults(client, await readRun(client, id));
  return { before, after, results: [await read(before), await read(after)] };
}

function changeOf(
  file: string,
  today: readonly EnvironmentDefinition[],
  runs: readonly MeasuredRun[],
  { env, now }: CommandDependencies,
): NonNullable<Usage["change"]> {
  const changed = withChangedFile(today, file, readSettings(env));
  const days = 30;
  const span = { from: now, to: new Date(now.getTime() + days * DAY) };
  return { file, days, savings: savingsOf(today.map(asPlanned), changed.map(asPlanned), runs, span) };
}

function usageJson(shown: Usage): ResultOf<"usage"> {
  const { period, days, allowance, unknown, jobs, owners, slots, slowest, tests, comparison, change } = shown;
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    month: {
      days,
      ...totalsOf(days),
      allowance: allowance ?? null,
      exceeded_on: allowance === undefined ? null : (exceededOn(days, allowance) ?? null),
      unknown,
    },
    jobs,
    owners,
    slots,
    slowest: slowest.map(({ model, seconds, durations: { count, p50, p95, trend } }) => ({
      model,
      runs: count,
      seconds,
      p50_seconds: p50,
      p95_seconds: p95,
      trend_percent: trend,
    })),
    tests: { flapping: tests.flapping, always_passed: tests.alwaysPassed.map(({ test }) => test) },
    comparison: comparison ? comparisonJson(comparison) : null,
    change: change ? changeJson(change) : null,
  };
}

function comparisonJson({ before, after, results }: NonNullable<Usage["comparison"]>): ResultOf<"usage">["comparison"] {
  const nodes = differencesOf(...results).map((one) => ({
    node: one.node,
    status_before: one.before?.status ?? null,
    status_after: one.after?.status ?? null,
    seconds_before: one.before?.seconds ?? null,
    seconds_after: one.after?.seconds ?? null,
  }));
  return { before, after, nodes };
}

function changeJson({ file, days, savings }: NonNullable<Usage["change"]>): ResultOf<"usage">["change"] {
  const seconds = ({ seconds: used }: PeriodUse = { runs: 0, models: 0, seconds: 0 }): number => used;
  return {
    file,
    days,
    saved_models: savings.reduce((sum, saving) => sum + savedModels(saving), 0),
    saved_seconds: savings.reduce((sum, { before, after }) => sum + seconds(before) - seconds(after), 0),
    jobs: savings.map(({ environment, key, before, after, isByState }) => ({
      environment,
      key,
      before: before ?? null,
      after: after ?? null,
      by_state: isByState,
    })),
  };
}
