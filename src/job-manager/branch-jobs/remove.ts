import type { DbtCloudClient } from "../../dbt-cloud/client";
import { reasonOf } from "../../dbt-cloud/errors";
import { deleteJob } from "../../dbt-cloud/jobs";
import { isBranchSchema, schemasOverlap } from "../../jobs/branch-schema";
import { groupedBy } from "../../jobs/grouped";
import type { Mark } from "./mark";
import type { StaleJob } from "./stale-jobs";

/** The result of the clean-up for one job. */
export interface Removed {
  readonly job: StaleJob;
  /** The schema that was dropped before the branch's last job was deleted. */
  readonly droppedSchema?: string;
  /** Why the job still exists. */
  readonly error?: string;
}

/** What the function needs in addition to the jobs. */
export interface RemoveOptions {
  readonly client: DbtCloudClient;
  /** Runs a command in a run of the job, and waits for its end. Returns the reason of a failure, else undefined. */
  readonly runCommand: (jobId: number, command: string) => Promise<string | undefined>;
  /**
   * Looks at a job again, just before it is deleted. Returns why the job must stay: somebody deployed it again, or a run is in
   * progress. Undefined means that it is as unused as before.
   */
  readonly reasonToKeep: (job: StaleJob) => Promise<string | undefined>;
  /** Looks for a deploy of the schema's branch during the clean-up. Returns what it found, else undefined. */
  readonly deployedAgain: (schema: string) => Promise<string | undefined>;
  readonly onDone?: (removed: Removed, done: number, total: number) => void;
}

/** Groups jobs by the schema that they build into. */
export function bySchema<T extends { readonly mark: Mark }>(jobs: readonly T[]): Map<string, T[]> {
  return groupedBy(jobs, ({ mark }) => mark.schema);
}

/**
 * Deletes jobs. Before it deletes the last job of a schema, it drops the schema. If that fails it keeps the job, so that the next
 * clean-up can try again. It looks at each job again before it deletes it, because a deploy can run at the same time.
 *
 * @param remaining the schemas of the jobs that are not deleted
 */
export async function removeJobs(
  jobs: readonly StaleJob[],
  remaining: ReadonlySet<string>,
  options: RemoveOptions,
): Promise<Removed[]> {
  let done = 0;
  const report = (removed: Removed): Removed => {
    options.onDone?.(removed, ++done, jobs.length);
    return removed;
  };
  const groups = [...bySchema(jobs)].map(async ([schema, group]) => {
    const isDropped = isBranchSchema(schema) && ![...remaining].some((other) => schemasOverlap(other, schema));
    const [last, ...others] = group;
    const removed = await Promise.all(
      (isDropped ? others : group).map(async (job) => report(await remove(job, options))),
    );
    if (!isDropped) return removed;
    const isLast = removed.every(({ error }) => error === undefined);
    return [...removed, report(isLast ? await removeLast(last!, schema, options) : kept(last!))];
  });
  return (await Promise.all(groups)).flat();
}

function kept(job: StaleJob): Removed {
  return { job, error: "not deleted, because another job of the branch could not be deleted" };
}

/** Dropping a schema takes some time, so the function looks for a deploy before and after it. */
async function removeLast(job: StaleJob, schema: string, options: RemoveOptions): Promise<Removed> {
  const command = `dbt run-operation drop_branch_schema --args '{schema: ${schema}}'`;
  const look = async (): Promise<string | undefined> =>
    (await options.deployedAgain(schema)) ?? (await options.reasonToKeep(job));
  try {
    const reason = await look();
    if (reason !== undefined) return { job, error: reason };
    const failure = await options.runCommand(job.record.id, command);
    if (failure !== undefined) return { job, error: `schema ${schema} could not be dropped: ${failure}` };
  } catch (error) {
    return { job, error: `schema ${schema} could not be dropped: ${reasonOf(error)}` };
  }
  const removed = await remove(job, { ...options, reasonToKeep: look });
  return { ...removed, droppedSchema: schema };
}

async function remove(job: StaleJob, { client, reasonToKeep }: RemoveOptions): Promise<Removed> {
  try {
    const reason = await reasonToKeep(job);
    if (reason !== undefined) return { job, error: reason };
    await deleteJob(client, job.record.id);
    return { job };
  } catch (error) {
    return { job, error: reasonOf(error) };
  }
}
