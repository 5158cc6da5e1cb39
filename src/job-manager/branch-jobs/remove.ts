import type { DbtCloudClient } from "../../dbt-cloud/client";
import { deleteJob } from "../../dbt-cloud/jobs";
import { schemasMeet } from "./branch";
import type { Mark } from "./mark";
import type { StaleJob } from "./stale-jobs";

/** How the clean-up of one job went. */
export interface Removed {
  readonly job: StaleJob;
  /** The schema that was dropped with the branch's last job. */
  readonly droppedSchema?: string;
  /** Why it is still there. */
  readonly error?: string;
}

/** What removing needs. */
export interface RemoveOptions {
  readonly client: DbtCloudClient;
  /** Runs a command as a run of a job and waits for it; says what went wrong, if anything did. */
  readonly runCommand: (jobId: number, command: string) => Promise<string | undefined>;
  readonly onDone?: (removed: Removed, done: number, total: number) => void;
}

/** Schemas that a branch can have built; production's own has no more than the first word. */
const BRANCH_SCHEMA = /^marketing_[a-z0-9_]+$/;

/** Groups jobs by the schema that they build into. */
export function bySchema<T extends { readonly mark: Mark }>(jobs: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const job of jobs) groups.set(job.mark.schema, [...(groups.get(job.mark.schema) ?? []), job]);
  return groups;
}

/**
 * Removes jobs. Before the last job of a schema goes, it drops the schema; when that fails the job stays, so that the next
 * clean-up tries again.
 *
 * @param remaining schemas that jobs which stay build into
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
    const isDropped = BRANCH_SCHEMA.test(schema) && ![...remaining].some((other) => schemasMeet(other, schema));
    const [last, ...others] = group;
    const removed = await Promise.all(
      (isDropped ? others : group).map(async (job) => report(await remove(job, options))),
    );
    if (!isDropped) return removed;
    const isLast = removed.every(({ error }) => error === undefined);
    return [...removed, report(isLast ? await removeLast(last!, schema, options) : left(last!))];
  });
  return (await Promise.all(groups)).flat();
}

function left(job: StaleJob): Removed {
  return { job, error: "kept, because another job of the branch is still there" };
}

async function removeLast(job: StaleJob, schema: string, options: RemoveOptions): Promise<Removed> {
  const command = `dbt run-operation drop_branch_schema --args '{schema: ${schema}}'`;
  try {
    const failure = await options.runCommand(job.record.id, command);
    if (failure !== undefined) return { job, error: `schema ${schema} could not be dropped: ${failure}` };
  } catch (error) {
    return { job, error: `schema ${schema} could not be dropped: ${wordsOf(error)}` };
  }
  const removed = await remove(job, options);
  return { ...removed, droppedSchema: schema };
}

async function remove(job: StaleJob, { client }: RemoveOptions): Promise<Removed> {
  try {
    await deleteJob(client, job.record.id);
    return { job };
  } catch (error) {
    return { job, error: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
