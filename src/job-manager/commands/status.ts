import { jobUrl, listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import { failedLog, failedNodes, failedStep, readRun, runUrl, type FailedNode } from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import { table } from "../output/table";
import { minute } from "../output/time";
import { failureLines } from "../runs/failure-text";
import { checkKeys, jobsByKey, openTarget, type Target } from "../target";
import type { CommandDependencies, CommandResult } from "./command";

export interface StatusOptions {
  readonly config: string;
  /** The keys of the jobs to show; empty means all jobs of the file. */
  readonly keys: readonly string[];
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
  readonly url?: string;
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
  const jobs = await Promise.all(keys.map((key) => statusOf(key, target, records)));
  return {
    exitCode: EXIT.ok,
    text: [statusTable(jobs, dependencies.colors), ...reasons(jobs, target, options), closing(jobs)].join("\n"),
    json: jobs.map(asJson),
  };
}

async function statusOf(key: string, target: Target, records: ReadonlyMap<string, JobRecord>): Promise<JobStatus> {
  const { environment, client, where } = target;
  const expects = environment.jobs[key]!.expects.map((expected) => ({
    key: expected,
    status: lastStatus(records.get(expected)),
  }));
  const record = records.get(key);
  if (!record) return { key, expects };
  const url = jobUrl(client, where.projectId, record.id);
  return { key, id: record.id, lastRun: await lastRunOf(record, target), expects, url };
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

function statusTable(jobs: readonly JobStatus[], colors: boolean): string {
  const rows = jobs.map(({ key, id, lastRun, expects, url }) => [
    key,
    id === undefined ? "not deployed" : (lastRun?.status ?? "never run"),
    minute(lastRun?.finishedAt),
    lastRun?.duration ?? "–",
    expects.map((expected) => `${expected.key}: ${expected.status}`).join("\n") || "–",
    lastRun?.url ?? url ?? "–",
  ]);
  return table(["KEY", "LAST RUN", "ENDED (UTC)", "TOOK", "EXPECTS", "LINK"], rows, colors);
}

function reasons(jobs: readonly JobStatus[], target: Target, { config }: StatusOptions): string[] {
  return jobs.flatMap(({ key, lastRun }) => {
    if (!lastRun?.isFailure) return [];
    const { failedStep: name, failedStepIndex: index, reason } = lastRun;
    const step = index === null ? [] : ["--step", String(index)];
    const place = target.branch ? [] : ["--config", config];
    const command = ["dbt-job-manager", "logs", key, ...step, ...place].join(" ");
    const lines = [...reason, `the complete log: ${command}`];
    return ["", `${key} failed in: ${name ?? "no step"}`, ...lines.map((line) => `    ${line}`.trimEnd())];
  });
}

function closing(jobs: readonly JobStatus[]): string {
  const failed = jobs.filter(({ lastRun }) => lastRun?.isFailure).length;
  const missing = jobs.filter(({ id }) => id === undefined).length;
  const failures = failed > 0 ? `${failed} failed in the last run` : "no failures";
  return `\n${counted(jobs.length, "job")}: ${failures}${missing > 0 ? `, ${missing} not deployed` : ""}`;
}

function asJson({ key, id, lastRun, expects, url }: JobStatus): unknown {
  return {
    key,
    id: id ?? null,
    last_run: lastRun ? runJson(lastRun) : null,
    expects,
    url: url ?? null,
  };
}

function runJson(run: NonNullable<JobStatus["lastRun"]>): unknown {
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
