import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { listJobs } from "../../dbt-cloud/jobs";
import { runUrl, type Run } from "../../dbt-cloud/runs";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import { slaPage } from "../output/sla-page";
import { slaMarkdown, slaText } from "../output/sla-text";
import type { Period } from "../run-history/attainment";
import { dataReportOf, dataWithDeadlines, type DataWithSla } from "../run-history/data-deadlines";
import { cacheFile, readHistory } from "../run-history/history";
import { LEAD, reportOf, type SlaReport } from "../run-history/report";
import { DbtError } from "../selectors/resolve";
import { resolveJobs } from "../selectors/resolved-jobs";
import { checkKeys, jobsByKey, openTarget, type Target } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface SlaOptions {
  readonly config: string;
  /** The keys of the jobs to report; empty means all jobs with an `sla`. */
  readonly keys: readonly string[];
  /** The length of the period, such as `30d`, `12w` or `48h`. */
  readonly since: string;
  readonly markdown: boolean;
  /**
   * A file that gets the report as a page without scripts.
   *
   * @default - no page
   */
  readonly html?: string;
  /**
   * Also reports the marts and exposures of the dbt project with a deadline in `config.meta.sla`.
   *
   * @default - only jobs, and dbt is not needed
   */
  readonly data?: {
    /** The project's root. */
    readonly project: string;
    /**
     * Another dbt.
     *
     * @default - the dbt of .venv
     */
    readonly program?: string;
  };
}

const HOURS = { h: 1, d: 24, w: 7 * 24 } as const;
const HOUR = 60 * 60 * 1000;

/**
 * Compares the deadlines of jobs with their runs in dbt Cloud: how many they met, for how long their results were in time, and why
 * they missed the others. It uses the schedules and deadlines of the env file for the whole period, but no day before the job was
 * made.
 *
 * @returns exit code 1 when a job missed its target
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when a key is unknown, no job has an `sla`, or the period is not readable
 */
export async function sla(options: SlaOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const period = periodOf(options.since, dependencies.now);
  const target = openTarget(options.config, dependencies);
  const { environment, client, where } = target;
  checkKeys(options.keys, Object.keys(environment.jobs), options.config);
  const data = options.data ? dataOf(options.data, target, dependencies) : [];
  const keys = keysWithSla(options, target, data.length > 0);
  const records = jobsByKey(target, await listJobs(client, where));
  const lead = new Date(period.from.getTime() - LEAD);
  const history = await readHistory(
    client,
    where.environmentId,
    { from: lead, to: period.to },
    cacheFile("runs", target, dependencies.env),
  );
  const runsOf = (key: string): Run[] => {
    const id = records.get(key)?.id;
    return history.filter(({ job_definition_id: job }) => job === id);
  };
  const reports = [
    ...(await Promise.all(keys.map((key) => reportOf(key, target, { record: records.get(key), runsOf, period })))),
    ...data.map((one) =>
      dataReportOf(one, {
        timezone: environment.timezone,
        period,
        records,
        runsOf,
        urlOf: (run) => runUrl(client, run),
      }),
    ),
  ];
  const isKept = reports.every((report) => report.isKept !== false);
  const shown = { name: environment.name, period, reports };
  if (options.html !== undefined) writeFileSync(options.html, slaPage(shown, dependencies.now));
  return {
    exitCode: isKept ? EXIT.ok : EXIT.failed,
    text: options.markdown ? slaMarkdown(shown) : slaText(shown, dependencies),
    json: {
      from: period.from.toISOString(),
      to: period.to.toISOString(),
      jobs: reports.map(asJson),
    } satisfies ResultOf<"sla">,
    ...(isKept ? {} : { error: { code: "failed" as const, message: missedMessage(reports), problems: [] } }),
  };
}

function dataOf(
  { project, program }: NonNullable<SlaOptions["data"]>,
  { environment }: Target,
  { env }: CommandDependencies,
): DataWithSla[] {
  try {
    const [resolved] = resolveJobs([environment], { root: resolve(project), program, env }).environments;
    return dataWithDeadlines(resolved!.project, resolved!.jobs);
  } catch (error) {
    if (error instanceof DbtError) throw new CommandError(EXIT.failed, error.message.split("\n"));
    throw error;
  }
}

function periodOf(since: string, now: Date): Period {
  const [, count, unit] = /^([1-9]\d{0,3})([hdw])$/.exec(since) ?? [];
  if (count === undefined) {
    throw new CommandError(
      EXIT.usage,
      `"${since}" is not a period; write a number with h, d or w for hours, days or weeks, such as --since 30d`,
    );
  }
  return { from: new Date(now.getTime() - Number(count) * HOURS[unit as keyof typeof HOURS] * HOUR), to: now };
}

function keysWithSla({ keys, config }: SlaOptions, { environment: { jobs } }: Target, hasData: boolean): string[] {
  const without = keys.filter((key) => !jobs[key]!.sla);
  const found = Object.keys(jobs).filter((key) => jobs[key]!.sla && (keys.length === 0 || keys.includes(key)));
  if (without.length === 0 && (found.length > 0 || hasData)) return found;
  const subject = without.length > 0 ? without.join(", ") : `no job of ${config}`;
  const verb = without.length > 1 ? "have no" : without.length === 1 ? "has no" : "has an";
  throw new CommandError(
    EXIT.failed,
    `${subject} ${verb} \`sla\`; write one in ${config}, such as \`sla: { finish_by: "08:30", timezone: Europe/Berlin }\``,
  );
}

function missedMessage(reports: readonly SlaReport[]): string {
  const late = reports.filter(({ isKept }) => isKept === false).map(({ key }) => key);
  return printable(`${late.join(", ")} missed the target`);
}

function asJson(report: SlaReport): ResultOf<"sla">["jobs"][number] {
  const { key, kind, target, finishBy, due, met, attained, uptime, budgetLeft, durations, isKept, misses } = report;
  return {
    key,
    kind,
    target,
    finish_by: finishBy,
    due,
    met,
    attained,
    uptime,
    budget_left: budgetLeft,
    is_kept: isKept,
    duration: durations
      ? {
          runs: durations.count,
          p50_seconds: durations.p50,
          p95_seconds: durations.p95,
          trend_percent: durations.trend,
        }
      : null,
    misses: misses.map(({ deadline, cause, words, run, url }) => ({
      deadline: deadline.at.toISOString(),
      cause,
      words,
      run_id: run?.id ?? null,
      url,
    })),
  };
}
