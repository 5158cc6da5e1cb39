import { jobUrl, listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import {
  createdIn,
  failedLog,
  failedNodes,
  failedStep,
  isOver,
  listRuns,
  readRun,
  runUrl,
  type FailedNode,
  type Run,
} from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import { orDash, table, type Screen } from "../output/table";
import { minute, utc } from "../output/time";
import { failureLines } from "../runs/failure-text";
import { isMet, lastDeadline, runsOfDay } from "../runs/lateness";
import { checkKeys, configOption, jobsByKey, openTarget, type Target } from "../target";
import type { CommandDependencies, CommandResult } from "./command";

export interface StatusOptions {
  readonly config: string;
  /** The keys of the jobs to show; empty means all jobs of the file. */
  readonly keys: readonly string[];
  /** Ends with exit code 2 when a last run failed or a job missed its SLA. */
  readonly exitCode: boolean;
}

/** The status of one job. */
interface JobStatus {
  readonly key: string;
  /** Absent when the job is not in dbt Cloud. */
  readonly id?: number;
  readonly lastRun?: {
    readonly id: number;
    readonly status: string;
    readonly isFailure: boolean;
    readonly finishedAt: string | null;
    readonly duration: string | null;
    readonly url: string;
    readonly failedStep: string | null;
    readonly failed: readonly FailedNode[];
    /** The lines of the failed step's log that explain the failure. */
    readonly log: readonly string[];
    /** The reason of the failure, for people. */
    readonly reason: readonly string[];
    /** The number of the failed step; null when no step failed. */
    readonly failedStepIndex: number | null;
  };
  /** The jobs that this job expects to run earlier, with the status of their last runs. */
  readonly expects: readonly { readonly key: string; readonly status: string }[];
  /** Absent when the job has no `sla`, or none of its deadlines has passed in the last days. */
  readonly sla?: Sla;
  readonly url?: string;
}

/** The last deadline of a job. */
interface Sla {
  readonly deadline: Date;
  /** Why the job missed the deadline; null when it met it. */
  readonly missed: string | null;
}

/**
 * Shows the last runs of jobs, what failed in them, and the status of the jobs that they expect.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when a key is unknown
 */
export async function status(options: StatusOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const target = openTarget(options.config, dependencies);
  const { environment, client, where } = target;
  checkKeys(options.keys, Object.keys(environment.jobs), options.config);
  const records = jobsByKey(target, await listJobs(client, where, { withLastRun: true }));
  const keys = Object.keys(environment.jobs).filter((key) => options.keys.length === 0 || options.keys.includes(key));
  const slas = await slasOf(keys, target, records, dependencies.now);
  const jobs = await Promise.all(keys.map((key) => statusOf(key, target, records, slas.get(key))));
  const isFine = jobs.every(({ lastRun, sla }) => !lastRun?.isFailure && (sla?.missed ?? null) === null);
  const lines = [
    statusTable(jobs, dependencies),
    ...[...reasons(jobs, target, options), ...missedLines(jobs), "", closing(jobs)].map(printable),
  ];
  return {
    exitCode: options.exitCode && !isFine ? EXIT.onRequest : EXIT.ok,
    text: branchNote(target) ?? lines.join("\n"),
    json: jobs.map(asJson),
  };
}

/** A branch that Terraform applies has no branch jobs, so a table would only say that none of them is deployed. */
function branchNote({ branch, beside, fileOf }: Target): string | undefined {
  if (!branch || !beside.some(({ git_branch }) => git_branch === branch.owner.ref)) return undefined;
  const commands = beside
    .filter(({ applied_by }) => applied_by === "terraform")
    .map((environment) => `  dbt-job-manager status --config ${fileOf.get(environment)}   # ${environment.name}`);
  return [`Name an env file, because ${branch.owner.ref} has no branch jobs: Terraform applies its jobs.`, ...commands]
    .map(printable)
    .join("\n");
}

/** The last deadline of each job with an `sla`. The runs of all jobs are read together. */
async function slasOf(
  keys: readonly string[],
  { environment, client, where }: Target,
  records: ReadonlyMap<string, JobRecord>,
  now: Date,
): Promise<Map<string, Sla>> {
  const due = keys.flatMap((key) => {
    const record = records.get(key);
    const deadline = record && lastDeadline(key, environment, now);
    return deadline ? [{ key, id: record.id, deadline }] : [];
  });
  if (due.length === 0) return new Map();
  const from = new Date(Math.min(...due.map(({ deadline }) => deadline.dayStart.getTime())));
  const runs = await listRuns(client, where.environmentId, createdIn({ from, to: now }));
  return new Map(
    due.map(({ key, id, deadline }) => {
      const own = runs.filter(({ job_definition_id: job }) => job === id);
      const missed = isMet(deadline, own) ? null : missedBy(runsOfDay(deadline, own)[0]);
      return [key, { deadline: deadline.at, missed }];
    }),
  );
}

/** Why a job missed its deadline, by the newest run of the day. */
function missedBy(run: Run | undefined): string {
  if (!run) return "no run started on that day";
  if (!isOver(run)) return `run ${run.id} is not finished: ${run.status_humanized}`;
  return `run ${run.id} ended at ${minute(run.finished_at).slice(-5)} UTC: ${run.status_humanized}`;
}

async function statusOf(
  key: string,
  target: Target,
  records: ReadonlyMap<string, JobRecord>,
  sla: Sla | undefined,
): Promise<JobStatus> {
  const { environment, client, where } = target;
  const expects = environment.jobs[key]!.expects.map((expected) => ({
    key: expected,
    status: lastStatus(records.get(expected)),
  }));
  const record = records.get(key);
  if (!record) return { key, expects };
  const url = jobUrl(client, where.projectId, record.id);
  return { key, id: record.id, lastRun: await lastRunOf(record, target), expects, sla, url };
}

async function lastRunOf({ most_recent_run: last }: JobRecord, { client }: Target): Promise<JobStatus["lastRun"]> {
  if (!last) return undefined;
  const isFailure = last.status === RUN_STATUS.error;
  const run = isFailure ? await readRun(client, last.id) : last;
  const step = failedStep(run);
  const failed = isFailure ? await failedNodes(client, run) : [];
  const log = failedLog(run);
  return {
    id: run.id,
    status: run.status_humanized,
    isFailure,
    finishedAt: run.finished_at ?? null,
    duration: run.duration ?? null,
    url: runUrl(client, run),
    failedStep: step?.name ?? (isFailure ? (run.status_message ?? null) : null),
    failedStepIndex: step?.index ?? null,
    failed,
    log,
    reason: failureLines(failed, log, run),
  };
}

function lastStatus(record: JobRecord | undefined): string {
  if (!record) return "not deployed";
  return record.most_recent_run?.status_humanized ?? "never run";
}

function statusTable(jobs: readonly JobStatus[], screen: Screen): string {
  const rows = jobs.map(({ key, id, lastRun, expects, url }) => [
    key,
    id === undefined ? "not deployed" : (lastRun?.status ?? "never run"),
    minute(lastRun?.finishedAt),
    lastRun?.duration ?? "–",
    orDash(expects.map((expected) => `${expected.key}: ${expected.status}`)),
    lastRun?.url ?? url ?? "–",
  ]);
  return table(["KEY", "LAST RUN", "ENDED (UTC)", "TOOK", "EXPECTS", "LINK"], rows, screen, ["LINK", "EXPECTS"]);
}

function reasons(jobs: readonly JobStatus[], target: Target, { config }: StatusOptions): string[] {
  return jobs.flatMap(({ key, lastRun }) => {
    if (!lastRun?.isFailure) return [];
    const { failedStep: name, failedStepIndex: index, reason } = lastRun;
    const step = index === null ? [] : ["--step", String(index)];
    const command = ["dbt-job-manager", "logs", key, ...step, configOption(target, config) ?? []].flat().join(" ");
    const lines = [...reason, `the complete log: ${command}`];
    return ["", `${key} failed in: ${name ?? "no step"}`, ...lines.map((line) => `    ${line}`.trimEnd())];
  });
}

function missedLines(jobs: readonly JobStatus[]): string[] {
  const lines = jobs.flatMap(({ key, sla }) =>
    sla && sla.missed !== null ? [`${key} missed its SLA of ${utc(sla.deadline)} UTC: ${sla.missed}`] : [],
  );
  return lines.length > 0 ? ["", ...lines] : [];
}

function closing(jobs: readonly JobStatus[]): string {
  const failed = jobs.filter(({ lastRun }) => lastRun?.isFailure).length;
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

function asJson({ key, id, lastRun, expects, sla, url }: JobStatus): ResultOf<"status">[number] {
  return {
    key,
    id: id ?? null,
    last_run: lastRun ? runJson(lastRun) : null,
    expects,
    sla: sla ? { deadline: sla.deadline.toISOString(), missed: sla.missed } : null,
    url: url ?? null,
  };
}

function runJson(run: NonNullable<JobStatus["lastRun"]>): ResultOf<"status">[number]["last_run"] {
  return {
    id: run.id,
    status: run.status,
    is_failure: run.isFailure,
    finished_at: run.finishedAt,
    duration: run.duration,
    url: run.url,
    failed_step: run.failedStep,
    failed: run.failed,
    log: run.log,
  };
}
