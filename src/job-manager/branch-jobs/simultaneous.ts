import type { DbtCloudClient } from "../../dbt-cloud/client";
import { DbtCloudError } from "../../dbt-cloud/errors";
import { deleteJob, listJobs, type JobsOf } from "../../dbt-cloud/jobs";
import type { Applied } from "./apply";
import type { Branch } from "./branch";
import { takeInventory } from "./inventory";
import type { PlannedJob } from "./plan";

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
}

/**
 * Looks for a different deploy of the branch or a clean-up that ran at the same time. A job of the plan that is gone becomes an
 * error. If two deploys created the same job, the job with the lower id stays, and the deploy that created the other one deletes it.
 * A deploy that wrote nothing does not look: its result is the same as that of a deploy before the others.
 */
export async function checkResult(
  plan: readonly PlannedJob[],
  applied: readonly Applied[],
  { client, where, branch }: CheckOptions,
): Promise<CheckedResult> {
  if (!applied.some(({ action, error }) => action !== "delete" && error === undefined)) return { applied };
  try {
    const records = await listJobs(client, where, { checkEnvironment: false });
    const present: Present = {
      ids: new Set(records.map(({ id }) => id)),
      // The last entry of a key counts, so the lowest id is last.
      firstOf: new Map(
        takeInventory(branch, [], records)
          .own.toSorted((a, b) => b.record.id - a.record.id)
          .map(({ record, mark }) => [mark.key, record.id]),
      ),
    };
    const errors = new Map<string, Applied>();
    for (const job of deployedIn(plan, applied)) {
      const error = await disturbance(job, present, client);
      if (error !== undefined) errors.set(job.key, { ...job, error });
    }
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
  readonly ids: ReadonlySet<number>;
  /** For each key, the lowest id of the branch's own jobs. */
  readonly firstOf: ReadonlyMap<string, number>;
}

type Deployed = Applied & { readonly id: number };

/** The jobs of the plan that should exist now. A job that the deploy did not change counts as updated. */
function deployedIn(plan: readonly PlannedJob[], applied: readonly Applied[]): Deployed[] {
  const written = applied.flatMap((one) => {
    return one.id === undefined || one.action === "delete" || one.error !== undefined ? [] : [{ ...one, id: one.id }];
  });
  const others = plan.flatMap((job): Deployed[] =>
    job.action === "unchanged" ? [{ action: "update", key: job.wanted.key, id: job.record.id }] : [],
  );
  return [...written, ...others];
}

/** What happened to a job during the deploy; undefined when nothing did. */
async function disturbance(
  { action, key, id }: Deployed,
  { ids, firstOf }: Present,
  client: DbtCloudClient,
): Promise<string | undefined> {
  if (!ids.has(id)) {
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
