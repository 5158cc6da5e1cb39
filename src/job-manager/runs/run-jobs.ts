import type { Clock, Random } from "../../dbt-cloud/clock";
import type { DbtCloudClient } from "../../dbt-cloud/client";
import {
  cancelRun,
  failedLog,
  failedNodes,
  failedStep,
  follow,
  isOver,
  newestRun,
  rerun,
  runUrl,
  triggerRun,
  type FailedNode,
  type Run,
  type TriggerBody,
} from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";
import type { ResultOf } from "../output/result-schemas";
import { failureLines } from "./failure-text";
import { firstWithKey, keyMark, newestWithKey } from "./run-key";
import { stateText } from "./run-state";

/** A job to run. */
export interface Runnable {
  readonly key: string;
  readonly id: number;
}

/** How to run jobs. */
export interface RunOptions {
  /** The person who starts the runs, for dbt Cloud's run history. */
  readonly by: string;
  /**
   * The git branch and the schema of the runs.
   *
   * @default - the branch and the schema of the environment
   */
  readonly branch?: { readonly ref: string; readonly schema: string };
  /**
   * The dbt version of the runs: a release track or a version, in dbt Cloud's words.
   *
   * @default - the version of the job, else of its environment
   */
  readonly dbtVersion?: string;
  /**
   * Retries the last run from the point of failure. A run in progress is followed. A job whose last run did not fail, or cannot be
   * retried, gets a new run. With a run key, the last run is that of the key.
   */
  readonly retry: boolean;
  /**
   * The run key. A run of a job that an earlier command started with the same key is followed or reported, and no second one is
   * started. A failed one is retried only with `retry`.
   *
   * @default - each call starts new runs
   */
  readonly runKey?: string;
  /** Waits for the end of each run before it starts the next job. After a failure it does not start the other jobs. */
  readonly wait: boolean;
  /** It is called with each message about the progress. */
  readonly report: (line: string) => void;
  /** It is called with what a run does now, each time that the run is read. */
  readonly show: (line: string) => void;
  /** Time, for how long a run takes. */
  readonly clock: Pick<Clock, "now">;
  /**
   * The option that names the env file, for the commands in messages: `--config prod`.
   *
   * @default - the commands find the jobs without it
   */
  readonly configOption?: string;
  /** Chance, for the cause of each run. */
  readonly random: Random;
  /**
   * The pause between two reads of a run, in milliseconds.
   *
   * @default 2000
   */
  readonly pollMilliseconds?: number;
}

/** The run of a job. */
export interface RunReport {
  readonly key: string;
  /** Absent when the run was not started, because an earlier job failed. */
  readonly run?: Run;
  readonly url?: string;
  /**
   * Whether the run existed before: an earlier command started it.
   *
   * @default false
   */
  readonly isFound?: boolean;
  /** The tests and models that failed, in dbt's own words. */
  readonly failed: readonly FailedNode[];
}

/**
 * Runs jobs in their order.
 *
 * @throws DbtCloudError when a request fails, or the program stops
 */
export async function runJobs(
  client: DbtCloudClient,
  jobs: readonly Runnable[],
  options: RunOptions,
): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  for (const [index, job] of jobs.entries()) {
    const before = reports.at(-1);
    const runKey = keyOf(options.runKey, jobs.slice(0, index), job);
    if (before && options.wait && !isGood(before)) reports.push({ key: job.key, failed: [] });
    else reports.push(await runJob(client, job, { ...options, runKey }));
  }
  return reports;
}

/** The run key of a job. A job that is run a second time by the same command has another key. */
function keyOf(runKey: string | undefined, earlier: readonly Runnable[], { id }: Runnable): string | undefined {
  const times = earlier.filter((other) => other.id === id).length;
  return runKey === undefined || times === 0 ? runKey : `${runKey}/${times + 1}`;
}

/** Whether a run is in progress or succeeded. */
export function isGood({ run }: RunReport): boolean {
  return run !== undefined && (!isOver(run) || run.status === RUN_STATUS.success);
}

/** A report as a JSON value for programs. */
export function runJson({ key, run, url, isFound = false, failed }: RunReport): ResultOf<"run">[number] {
  return {
    key,
    run_id: run?.id ?? null,
    status: run?.status_humanized ?? "not started",
    dbt_version: run?.dbt_version ?? null,
    url: url ?? null,
    found: isFound,
    failed,
  };
}

/** The dbt version that dbt Cloud says a run has: ` with dbt compatible`. */
export function versionText({ dbt_version: version }: Run): string {
  return ` with dbt ${version ?? "of an unknown version"}`;
}

async function runJob(client: DbtCloudClient, { key, id }: Runnable, options: RunOptions): Promise<RunReport> {
  const { report, wait } = options;
  const { run: started, isFound } = await begin(client, id, options);
  const url = runUrl(client, started);
  report(`${key}: ${isFound ? foundText(started, options) : startedText(started, options)}  ${url}`);
  if (!wait) return { key, run: started, url, isFound, failed: [] };
  const start = options.clock.now().getTime();
  const run = await follow(
    client,
    started.id,
    (step, count) => {
      report(`${key}: step ${step.index} of ${count}  ${step.status_humanized}  ${step.name}`);
    },
    {
      pollMilliseconds: options.pollMilliseconds,
      onRead: (now) => {
        options.show(`${key}: ${stateText(now, options.clock.now().getTime() - start)}`);
      },
    },
  ).catch((error: unknown) => {
    report(`${key}: the command stops waiting for run ${started.id}, which continues in dbt Cloud`);
    const place = options.configOption === undefined ? "" : ` ${options.configOption}`;
    report(`${key}: follow the run with \`dbt-job-manager logs ${key} --follow${place}\``);
    report(`${key}: cancel the run with \`dbt-job-manager cancel ${key}${place}\``);
    throw error;
  });
  report(`${key}: ${run.status_humanized}${run.duration ? ` in ${run.duration}` : ""}`);
  const failed = failedStep(run) ? await failedNodes(client, run) : [];
  const word = failed.length > 0 ? "failed" : "log";
  for (const line of failureLines(failed, failedLog(run), run)) report(`${key}: ${word}  ${line}`.trimEnd());
  return { key, run, url, isFound, failed };
}

/** The run of a job, and whether it existed before. */
interface Begun {
  readonly run: Run;
  readonly isFound: boolean;
}

async function begin(client: DbtCloudClient, jobId: number, options: RunOptions): Promise<Begun> {
  const { runKey, retry } = options;
  if (runKey !== undefined) return beginWithKey(client, jobId, runKey, options);
  const last = retry ? await newestRun(client, jobId) : undefined;
  if (last && !isOver(last)) return { run: last, isFound: true };
  if (last && isRetryable(last)) return { run: await rerun(client, jobId, last.id), isFound: false };
  return { run: await triggerRun(client, jobId, triggerOf(options)), isFound: false };
}

async function beginWithKey(
  client: DbtCloudClient,
  jobId: number,
  runKey: string,
  options: RunOptions,
): Promise<Begun> {
  const { run: last, newestId } = await newestWithKey(client, jobId, runKey);
  if (last && !(options.retry && isUnsuccessful(last))) return { run: last, isFound: true };
  if (last?.id === newestId && isRetryable(last)) return { run: await rerun(client, jobId, last.id), isFound: false };
  const run = await triggerRun(client, jobId, triggerOf(options));
  // A request of a command that was killed, or of one that works at the same time, can arrive late. The first run stays.
  const first = await firstWithKey(client, jobId, runKey, newestId);
  if (first === undefined || first.id === run.id) return { run, isFound: false };
  await cancelRun(client, run.id, { pollMilliseconds: options.pollMilliseconds });
  return { run: first, isFound: true };
}

function isUnsuccessful(run: Run): boolean {
  return isOver(run) && run.status !== RUN_STATUS.success;
}

/** dbt Cloud starts a run without the branch and the schema when it cannot retry the last one. */
function isRetryable({ status, can_retry }: Run): boolean {
  return status === RUN_STATUS.error && can_retry !== false;
}

function startedText(run: Run, { dbtVersion }: RunOptions): string {
  return `run ${run.id} started${dbtVersion === undefined ? "" : versionText(run)}`;
}

function foundText(run: Run, { runKey }: RunOptions): string {
  const state = isOver(run) ? `has ended with ${run.status_humanized}` : "is in progress";
  const key = runKey === undefined ? "" : ` of the run key ${runKey}`;
  return `run ${run.id}${key} ${state}, so no other run is started`;
}

function triggerOf({ by, branch, dbtVersion, random, runKey }: RunOptions): TriggerBody {
  const cause = `Started by ${by} with dbt-job-manager (${eightDigits(random)})`;
  return {
    cause: runKey === undefined ? cause : `${cause} ${keyMark(runKey)}`,
    ...(branch ? { git_branch: branch.ref, schema_override: branch.schema } : {}),
    ...(dbtVersion === undefined ? {} : { dbt_version_override: dbtVersion }),
  };
}

/** Eight random hexadecimal digits. */
function eightDigits(random: Random): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}
