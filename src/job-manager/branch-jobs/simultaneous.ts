import type { DbtCloudClient } from "../../dbt-cloud/client";
import { readOverrides } from "../../dbt-cloud/environment-variables";
import { DbtCloudError } from "../../dbt-cloud/errors";
import { deleteJob, listJobs, updateJob, type JobRecord, type JobsOf } from "../../dbt-cloud/jobs";
import type { Applied } from "./apply";
import type { Branch } from "./branch";
import { takeInventory } from "./inventory";
import { markOf } from "./mark";
import type { PlannedJob } from "./plan";
import { overridesDigest, payloadOf, unfinished, type Ids, type WantedJob } from "./wanted";

/** The results of a deploy after a second look at dbt Cloud. */
export interface CheckedResult {
  /** The results, with an error for each job that a different deploy or a clean-up has disturbed. */
  readonly applied: readonly Applied[];
  /** Why the second look failed; absent when it did not. */
  readonly unchecked?: string;
}

/** What the function needs in addition to the plan and its results. */
export interface CheckOptions {
  readonly client: DbtCloudClient;
  readonly where: JobsOf;
  readonly branch: Branch;
  readonly ids: Pick<Ids, "accountId" | "environmentIdOf">;
}

/**
 * Looks for a different deploy of the branch or a clean-up that ran at the same time. A job of the plan that is gone becomes an
 * error. If two deploys created the same job, the job with the lower id stays, and the deploy that created the other one deletes it.
 * If a job has other values of environment variables than its mark says, it is marked as unfinished, so that the next deploy reads
 * the values. A deploy that wrote nothing does not look: its result is the same as that of a deploy before the others.
 */
export async function checkResult(
  plan: readonly PlannedJob[],
  applied: readonly Applied[],
  { client, where, branch, ids }: CheckOptions,
): Promise<CheckedResult> {
  if (!applied.some(({ action, error }) => action !== "delete" && error === undefined)) return { applied };
  try {
    const records = await listJobs(client, where, { checkEnvironment: false });
    const jobs = deployedIn(plan, applied);
    const idOf = new Map(jobs.map(({ key, id }) => [key, id]));
    const present: Present = {
      client,
      byId: new Map(records.map((record) => [record.id, record])),
      // The last entry of a key counts, so the lowest id is last.
      firstOf: new Map(
        takeInventory(branch, [], records)
          .own.toSorted((a, b) => b.record.id - a.record.id)
          .map(({ record, mark }) => [mark.key, record.id]),
      ),
      ids: { ...ids, jobIdOf: (key) => idOf.get(key)! },
    };
    const errors = new Map<string, Applied>();
    await Promise.all(
      jobs.map(async (job) => {
        const { action = "update", key, id } = job;
        const error = await disturbance(job, present);
        if (error !== undefined) errors.set(key, { action, key, id, error });
      }),
    );
    const known = new Set(applied.map(({ key }) => key));
    return {
      applied: [
        ...applied.map((one) => (one.action === "delete" ? one : (errors.get(one.key) ?? one))),
        ...[...errors.values()].filter(({ key }) => !known.has(key)),
      ],
    };
  } catch (error) {
    if (error instanceof DbtCloudError) return { applied, unchecked: error.line };
    throw error;
  }
}

/** What dbt Cloud has after the deploy. */
interface Present {
  readonly client: DbtCloudClient;
  readonly byId: ReadonlyMap<number, JobRecord>;
  /** For each key, the lowest id of the branch's own jobs. */
  readonly firstOf: ReadonlyMap<string, number>;
  readonly ids: Ids;
}

/** A job that the deploy wrote, or found as it should be. */
interface Deployed {
  /** What the deploy did to the job; absent when it did not change the job. */
  readonly action?: "create" | "update";
  readonly key: string;
  readonly id: number;
  readonly wanted: WantedJob;
  /** Why the deploy did not finish the job. */
  readonly error?: string;
}

function deployedIn(plan: readonly PlannedJob[], applied: readonly Applied[]): Deployed[] {
  const written = new Map(applied.map((one) => [one.key, one]));
  return plan.flatMap((job): Deployed[] => {
    if (job.action === "delete") return [];
    const { action, wanted } = job;
    const { key } = wanted;
    if (action === "unchanged") return [{ key, id: job.record.id, wanted }];
    const { id, error } = written.get(key)!;
    return id === undefined ? [] : [{ action, key, id, wanted, error }];
  });
}

/** What happened to a job during the deploy; undefined when nothing did. */
async function disturbance(job: Deployed, present: Present): Promise<string | undefined> {
  const lost = job.error === undefined ? await loss(job, present) : undefined;
  if (lost !== undefined) return lost;
  const record = present.byId.get(job.id);
  if (!record || !(await hasOtherValues(job, record, present.client))) return job.error;
  await updateJob(present.client, job.id, unfinished(payloadOf(job.wanted, present.ids, job.id), job.wanted));
  return (
    job.error ??
    "a different deploy of this branch, or a person, has changed its environment variables; deploy again to correct them"
  );
}

/** Why a job that the deploy finished is gone; undefined when it is there. A double is deleted here. */
async function loss({ action, key, id }: Deployed, { byId, firstOf, client }: Present): Promise<string | undefined> {
  if (!byId.has(id)) {
    return `job ${id} was deleted during this deploy, by a clean-up or a different deploy of the branch; deploy again`;
  }
  const first = Math.min(firstOf.get(key) ?? id, id);
  if (action !== "create" || first === id) return undefined;
  await deleteJob(client, id);
  return (
    `a different deploy of this branch ran at the same time and created job ${first} for it first, so job ${id} was deleted; ` +
    "deploy again, because other jobs can refer to the deleted job"
  );
}

/**
 * Whether a job that the deploy wrote has other values of environment variables than its mark says. A deploy that changes values
 * writes the mark after them, and then looks. So when the last mark is written, a different deploy has written its values before,
 * and the last deploy finds them. A new job needs a look only when a different deploy has written its mark.
 */
async function hasOtherValues(
  { action, id, wanted }: Deployed,
  { description }: JobRecord,
  client: DbtCloudClient,
): Promise<boolean> {
  const mark = markOf(description);
  if (action === undefined || !mark || mark.pending) return false;
  if (action === "create" && mark.overrides === wanted.mark.overrides) return false;
  const values = await readOverrides(client, mark.project, id);
  return overridesDigest(Object.fromEntries([...values].map(([name, { value }]) => [name, value]))) !== mark.overrides;
}
