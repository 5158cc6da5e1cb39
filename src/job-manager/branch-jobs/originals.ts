import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Mark } from "./mark";

/** A job with a mark that can be read. */
export interface MarkedJob {
  readonly record: JobRecord;
  readonly mark: Mark;
}

/**
 * Tells jobs from their copies. A job that is copied in dbt Cloud takes the mark along; where several carry one mark, only
 * those with the job's name are the branch's.
 */
export function originalsIn<T extends MarkedJob>(jobs: readonly T[], nameOf: (mark: Mark) => string): T[] {
  const carriers = new Map<string, number>();
  for (const { mark } of jobs) carriers.set(identityOf(mark), (carriers.get(identityOf(mark)) ?? 0) + 1);
  return jobs.filter(({ record, mark }) => carriers.get(identityOf(mark)) === 1 || record.name === nameOf(mark));
}

function identityOf({ team, project, environment, ref, user, key }: Mark): string {
  return JSON.stringify([team, project, environment, ref, user, key]);
}
