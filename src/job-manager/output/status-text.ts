import { inOrder } from "../../jobs/order";
import type { JobDefinition } from "../../jobs/definition";
import { printable } from "../../jobs/printable";
import type { JobStatus, LastRun } from "../runs/job-status";
import { failureLines, failureSummary } from "../runs/failure-text";
import { counted } from "./counted";
import { failureBlock } from "./failure-block";
import { orDash, table, wrapped, type Screen } from "./table";
import { minute, utc } from "./time";

/** The status of jobs, as it is shown. */
export interface ShownStatus {
  readonly jobs: readonly JobStatus[];
  /** All jobs of the file. */
  readonly definitions: Readonly<Record<string, JobDefinition>>;
  /** Whether each failure has its complete reason, with the queries of data tests. */
  readonly isDetailed: boolean;
  /** The option that names the env file, for commands; absent when commands find the jobs without it. */
  readonly configOption?: string;
  readonly now: Date;
}

type Failed = JobStatus & { readonly lastRun: LastRun & { readonly failure: NonNullable<LastRun["failure"]> } };

/**
 * The status as text for a terminal, the most important first: failures, in the order in which deadlines break and causes before
 * their effects; missed deadlines; and a table of all jobs.
 */
export function statusText(shown: ShownStatus, screen: Screen): string {
  const { jobs } = shown;
  const missed = missedLines(jobs).flatMap((line) => wrapped(printable(line), screen.width ?? Infinity));
  return [
    ...failedInOrder(shown).flatMap((job) => [...blockOf(job, shown, screen), ""]),
    ...(missed.length > 0 ? [...missed, ""] : []),
    statusTable(jobs, screen),
    "",
    closing(jobs),
  ].join("\n");
}

function failedInOrder({ jobs, definitions }: ShownStatus): Failed[] {
  const failed = jobs.filter((job): job is Failed => job.lastRun?.failure !== undefined);
  const order = inOrder(
    failed.map(({ key }) => key),
    definitions,
  );
  const breaksAt = ({ lastRun }: Failed): number =>
    lastRun.failure.consequences.atRisk[0]?.deadline.at.getTime() ?? Number.MAX_SAFE_INTEGER;
  return order.flatMap((key) => failed.filter((job) => job.key === key)).sort((a, b) => breaksAt(a) - breaksAt(b));
}

function blockOf({ key, lastRun }: Failed, shown: ShownStatus, screen: Screen): string[] {
  const { failure, run, url } = lastRun;
  const { failed, log, stepIndex } = failure;
  const command = (...words: string[]): string =>
    ["dbt-job-manager", ...words, ...(shown.configOption === undefined ? [] : [shown.configOption])].join(" ");
  const step = stepIndex === null ? [] : ["--step", String(stepIndex)];
  return failureBlock(
    {
      key,
      run,
      url,
      failure,
      reason: shown.isDetailed ? failureLines(failed, log, run) : failureSummary(failed, log),
      commands: { retry: command("run", key, "--retry", "--wait"), log: command("logs", key, ...step) },
      now: shown.now,
    },
    screen,
  );
}

function statusTable(jobs: readonly JobStatus[], screen: Screen): string {
  const rows = jobs.map(({ key, id, lastRun, expects, url }) => [
    key,
    id === undefined ? "not deployed" : (lastRun?.run.status_humanized ?? "never run"),
    minute(lastRun?.run.finished_at),
    lastRun?.run.duration ?? "–",
    orDash(expects.map((expected) => `${expected.key}: ${expected.status}`)),
    lastRun?.url ?? url ?? "–",
  ]);
  return table(["KEY", "LAST RUN", "ENDED (UTC)", "TOOK", "EXPECTS", "LINK"], rows, screen, ["LINK", "EXPECTS"]);
}

function missedLines(jobs: readonly JobStatus[]): string[] {
  return jobs.flatMap(({ key, sla }) =>
    sla && sla.missed !== null ? [`${key} missed its SLA of ${utc(sla.deadline)} UTC: ${sla.missed}`] : [],
  );
}

function closing(jobs: readonly JobStatus[]): string {
  const failed = jobs.filter(({ lastRun }) => lastRun?.failure).length;
  const missing = jobs.filter(({ id }) => id === undefined).length;
  const late = jobs.filter(({ sla }) => sla && sla.missed !== null).length;
  const failures = failed > 0 ? `${failed} failed in the last run` : "no failures";
  const counts = [
    failures,
    ...(late > 0 ? [`${late} missed the SLA`] : []),
    ...(missing > 0 ? [`${missing} not deployed`] : []),
  ];
  return `${counted(jobs.length, "job")}: ${counts.join(", ")}`;
}
