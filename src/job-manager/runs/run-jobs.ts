import { randomUUID } from "node:crypto";
import type { DbtCloudClient } from "../../dbt-cloud/client";
import {
  failedLog,
  failedNodes,
  failedStep,
  follow,
  isOver,
  newestRun,
  RUN_STATUS,
  rerun,
  runUrl,
  triggerRun,
  type FailedNode,
  type Run,
} from "../../dbt-cloud/runs";

/** A job to run. */
export interface Runnable {
  readonly key: string;
  readonly id: number;
}

/** What runs are started with. */
export interface RunOptions {
  /** Who starts them, for dbt Cloud's run history. */
  readonly by: string;
  /**
   * The branch and the schema of a branch's jobs.
   *
   * @default - those of the environment
   */
  readonly branch?: { readonly ref: string; readonly schema: string };
  /** Goes on from where the last run failed; a job whose last run did not fail is started anew. */
  readonly retry: boolean;
  /** Waits for each run's end before the next job, and leaves the others out when one fails. */
  readonly wait: boolean;
  readonly say: (line: string) => void;
  /**
   * Milliseconds between two looks at a run.
   *
   * @default 2000
   */
  readonly pollMilliseconds?: number;
}

/** How a job's run went, or that it was started. */
export interface RunReport {
  readonly key: string;
  /** Absent when an earlier job failed, so that it was not started. */
  readonly run?: Run;
  readonly url?: string;
  /** dbt's own words for what failed. */
  readonly failed: readonly FailedNode[];
}

/** Runs jobs in the order given. */
export async function runJobs(
  client: DbtCloudClient,
  jobs: readonly Runnable[],
  options: RunOptions,
): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  for (const job of jobs) {
    const before = reports.at(-1);
    if (before && options.wait && !isGood(before)) reports.push({ key: job.key, failed: [] });
    else reports.push(await runJob(client, job, options));
  }
  return reports;
}

/** Whether a run is under way or ended in success. */
export function isGood({ run }: RunReport): boolean {
  return run !== undefined && (!isOver(run) || run.status === RUN_STATUS.success);
}

/** A report for programs. */
export function runJson({ key, run, url, failed }: RunReport): unknown {
  return { key, run_id: run?.id ?? null, status: run?.status_humanized ?? "not started", url: url ?? null, failed };
}

async function runJob(client: DbtCloudClient, { key, id }: Runnable, options: RunOptions): Promise<RunReport> {
  const { say, wait } = options;
  const last = options.retry ? await newestRun(client, id) : undefined;
  const started =
    last?.status === RUN_STATUS.error
      ? await rerun(client, id, last.id)
      : await triggerRun(client, id, triggerOf(options));
  const url = runUrl(client, started);
  say(`${key}: run ${started.id} started  ${url}`);
  if (!wait) return { key, run: started, url, failed: [] };
  const run = await follow(
    client,
    started.id,
    (step, count) => {
      say(`${key}: step ${step.index} of ${count}  ${step.status_humanized}  ${step.name}`);
    },
    { pollMilliseconds: options.pollMilliseconds },
  ).catch((error: unknown) => {
    say(`${key}: run ${started.id} is followed no longer; it goes on in dbt Cloud`);
    throw error;
  });
  say(`${key}: ${run.status_humanized}${run.duration ? ` in ${run.duration}` : ""}`);
  const failed = failedStep(run) ? await failedNodes(client, run) : [];
  for (const { node, message } of failed) say(`${key}: failed  ${node}  ${message.split("\n")[0] ?? ""}`);
  if (failed.length === 0) for (const line of failedLog(run)) say(`${key}: log  ${line}`);
  return { key, run, url, failed };
}

function triggerOf({ by, branch }: RunOptions): Parameters<typeof triggerRun>[2] {
  const cause = `Started by ${by} with dbt-job-manager (${randomUUID().slice(0, 8)})`;
  return branch ? { cause, git_branch: branch.ref, schema_override: branch.schema } : { cause };
}
