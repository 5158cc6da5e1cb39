import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Mark } from "./mark";

/** A job with a readable mark. */
export interface MarkedJob {
  readonly record: JobRecord;
  readonly mark: Mark;
}

/**
 * Leaves out copies. Copying a job in dbt Cloud also copies its mark. If several jobs have the same mark, only those with the
 * name that the mark implies are originals.
 */
export function originalsIn<T extends MarkedJob>(jobs: readonly T[], nameOf: (mark: Mark) => string): T[] {
  const counts = new Map<string, number>();
  for (const { mark } of jobs) counts.set(identityOf(mark), (counts.get(identityOf(mark)) ?? 0) + 1);
  return jobs.filter(({ record, mark }) => counts.get(identityOf(mark)) === 1 || record.name === nameOf(mark));
}

function identityOf({ team, project, environment, ref, user, key }: Mark): string {
  return JSON.stringify([team, project, environment, ref, user, key]);
}
