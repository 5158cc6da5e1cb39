import { resolve } from "node:path";
import { listJobs } from "../../dbt-cloud/jobs";
import { createdIn, listRuns } from "../../dbt-cloud/runs";
import { DbtCloudError } from "../../dbt-cloud/errors";
import { loadEnvironment } from "../../env-files/load";
import { ConfigurationError } from "../../env-files/problem";
import { readSettings } from "../../env-files/settings";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { cronOf, nextFireTimes } from "../../jobs/schedule";
import { EXIT } from "../exit-codes";
import { explainText, type Explanation, type Known } from "../output/explain-text";
import type { ResultOf } from "../output/result-schemas";
import { scheduleWords } from "../output/schedule-words";
import { inTimeZone } from "../output/time";
import { durationsOf, type Durations } from "../run-history/attainment";
import { sourceName } from "../selectors/dbt-project";
import { neighboursOf, type Neighbours } from "../selectors/neighbours";
import { DbtError } from "../selectors/resolve";
import { resolveJobs } from "../selectors/resolved-jobs";
import { checkKeys, connectTarget, jobsByKey, type Target } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface ExplainOptions {
  readonly config: string;
  /** The key of the job. */
  readonly key: string;
  /** The folder of the project; its folder `dbt` has the dbt project. */
  readonly project: string;
  /**
   * The dbt program.
   *
   * @default - the dbt of .venv
   */
  readonly program?: string;
}

const NEXT_RUNS = 2;
/** The typical duration is that of the runs in this number of days. */
const DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Explains one job on one screen: what it builds, what it reads, what reads its tables, its next runs, and how long it takes.
 * Without dbt, or without a connection to dbt Cloud, it says what it does not know and why.
 *
 * @throws ConfigurationError with all problems of the env file
 * @throws CommandError when the key is unknown
 */
export async function explain(options: ExplainOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const { key, config } = options;
  const settings = readSettings(dependencies.env);
  const file = loadEnvironment(config, settings);
  const { environment } = file;
  checkKeys([key], Object.keys(environment.jobs), config);
  const job = environment.jobs[key]!;
  const others = Object.entries(environment.jobs);
  const explanation: Explanation = {
    key,
    job,
    environment,
    nextRuns: job.schedule && !job.paused ? nextFireTimes(job.schedule, dependencies.now, NEXT_RUNS) : [],
    expectedBy: others.filter(([, other]) => other.expects.includes(key)).map(([other]) => other),
    starts: others.filter(([, other]) => other.run_after?.job === key).map(([other]) => other),
    days: DAYS,
    neighbours: neighbours(options, environment, dependencies),
    durations: await durations(key, () => connectTarget(file, settings, dependencies), dependencies.now),
  };
  return { exitCode: EXIT.ok, text: explainText(explanation, dependencies), json: asJson(explanation) };
}

function neighbours(
  { key, project, program }: ExplainOptions,
  environment: EnvironmentDefinition,
  { env }: CommandDependencies,
): Known<Neighbours> {
  try {
    const [resolved] = resolveJobs([environment], { root: resolve(project), program, env }).environments;
    const own = resolved!.jobs.find((job) => job.key === key)!;
    return { value: neighboursOf(own, resolved!) };
  } catch (error) {
    if (error instanceof DbtError) return { unknown: firstLine(error) };
    throw error;
  }
}

async function durations(key: string, connect: () => Target, now: Date): Promise<Known<Durations>> {
  try {
    const target = connect();
    const record = jobsByKey(target, await listJobs(target.client, target.where)).get(key);
    if (!record) return { unknown: "the job is not deployed" };
    const runs = await listRuns(target.client, target.where.environmentId, {
      job_definition_id: record.id,
      ...createdIn({ from: new Date(now.getTime() - DAYS * DAY), to: now }),
    });
    const found = durationsOf(runs);
    return found ? { value: found } : { unknown: `no run succeeded in the last ${DAYS} days` };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      const [first] = error.problems;
      return { unknown: `${first!.path}: ${first!.reason}` };
    }
    if (error instanceof DbtCloudError || error instanceof CommandError) return { unknown: firstLine(error) };
    throw error;
  }
}

function firstLine({ message }: Error): string {
  return message.split("\n")[0]!;
}

function asJson({ key, job, environment, nextRuns, expectedBy, starts, ...known }: Explanation): ResultOf<"explain"> {
  const { neighbours: found, durations: took } = known;
  return {
    environment: environment.name,
    key,
    description: job.description,
    owner: job.owner,
    schedule: scheduleWords(job),
    cron: job.schedule ? cronOf(job.schedule) : null,
    next_runs: nextRuns.map((at) => ({
      at: at.toISOString(),
      local: inTimeZone(at, environment.timezone),
      timezone: environment.timezone,
    })),
    execute_steps: job.execute_steps,
    expects: job.expects,
    run_after: job.run_after?.job ?? null,
    expected_by: [...expectedBy],
    starts: [...starts],
    dbt: "value" in found ? neighboursJson(found.value) : null,
    dbt_unknown: "unknown" in found ? found.unknown : null,
    duration:
      "value" in took ? { runs: took.value.count, p50_seconds: took.value.p50, p95_seconds: took.value.p95 } : null,
    duration_unknown: "unknown" in took ? took.unknown : null,
  };
}

function neighboursJson(found: Neighbours): NonNullable<ResultOf<"explain">["dbt"]> {
  const { builds, tests, sources, reads, readers, exposures } = found;
  return {
    builds: builds.map(({ name, resource_type }) => ({ name, type: resource_type })),
    tests,
    sources: sources.map(sourceName),
    reads: reads.map(({ node, builders }) => ({ name: node.name, built_by: builders })),
    read_by: readers.map((reader) => ({ key: reader.key, names: reader.nodes.map(({ name }) => name) })),
    exposures: exposures.map(({ name, label }) => ({ name, label: label ?? null })),
  };
}
