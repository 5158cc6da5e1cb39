import type { DbtCloudClient } from "../../dbt-cloud/client";
import { failedNodes, failedStep, readRun, runsOfJob, type FailedNode, type Run } from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";

/** What a job's earlier runs say about its last failure. Cancelled runs do not count. */
export interface EarlierRuns {
  /** The first of the failures without a success between them. */
  readonly since: Run;
  /** How many of these failures there are. */
  readonly failures: number;
  /** The last success before them; absent when none of the runs that were read succeeded. */
  readonly lastSuccess?: Run;
  /** How many runs were read, and how many of them failed. */
  readonly read: { readonly runs: number; readonly failed: number };
  /** The failures before the last success in which the same test, model or step failed, newest first. */
  readonly sameWay: readonly Run[];
  /** The first run that succeeded after such a failure on the same commit, so that the failure went away without a change. */
  readonly recovered?: Run;
}

/** How many of a job's newest runs are read. */
const READ = 30;
/** How many earlier failures are compared with the last one. Each of them costs two requests. */
const COMPARED = 5;

/**
 * Looks at the runs before a failure.
 *
 * @param failed the tests and models that failed in it
 * @throws DbtCloudError when a request fails
 */
export async function earlierRunsOf(
  client: DbtCloudClient,
  failure: Run,
  failed: readonly FailedNode[],
): Promise<EarlierRuns> {
  const newest = await runsOfJob(client, failure.job_definition_id, READ);
  const earlier = newest.filter(({ id, status }) => id < failure.id && ENDS.includes(status));
  const end = earlier.findIndex(({ status }) => status === RUN_STATUS.success);
  const streak = [failure, ...(end < 0 ? earlier : earlier.slice(0, end))];
  const before = end < 0 ? [] : earlier.slice(end);
  const compared = before.filter(isFailure).slice(0, COMPARED);
  const marks = marksOf(failure, failed);
  const isSame = await Promise.all(compared.map((run) => failsWith(client, run, marks)));
  const sameWay = compared.filter((_, i) => isSame[i]);
  return {
    since: streak.at(-1)!,
    failures: streak.length,
    lastSuccess: before[0],
    read: { runs: earlier.length + 1, failed: earlier.filter(isFailure).length + 1 },
    sameWay,
    recovered: sameWay.flatMap((run) => recoveryOf(run, before) ?? [])[0],
  };
}

const ENDS: readonly number[] = [RUN_STATUS.success, RUN_STATUS.error];

function isFailure({ status }: Run): boolean {
  return status === RUN_STATUS.error;
}

async function failsWith(client: DbtCloudClient, { id }: Run, marks: readonly string[]): Promise<boolean> {
  const run = await readRun(client, id);
  return marksOf(run, await failedNodes(client, run)).some((mark) => marks.includes(mark));
}

/** What failed: tests and models, else the step. */
function marksOf(run: Run, failed: readonly FailedNode[]): string[] {
  if (failed.length > 0) return failed.map(({ node }) => node);
  return [failedStep(run)?.name ?? "no step"];
}

/** The run directly after a failure, if it succeeded on the same commit. */
function recoveryOf(run: Run, newestFirst: readonly Run[]): Run | undefined {
  const next = newestFirst[newestFirst.indexOf(run) - 1];
  const isSameCommit = typeof run.git_sha === "string" && next?.git_sha === run.git_sha;
  return isSameCommit && next.status === RUN_STATUS.success ? next : undefined;
}
