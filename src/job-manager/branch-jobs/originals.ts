import type { JobRecord } from "../../dbt-cloud/jobs";
import { branchJobName, slugOf } from "../../jobs/names";
import type { Branch } from "./branch";
import { isOwnedBy, type Mark } from "./mark";

/** A job with a readable mark. */
export interface MarkedJob {
  readonly record: JobRecord;
  readonly mark: Mark;
}

/**
 * Whether a marked job has the name that a deploy gave it. A person who copies a job in dbt Cloud also copies its mark, so a marked
 * job with another name may be somebody else's. It counts as a copy, even when no other job has its mark.
 *
 * @param branch the branch that the command works for
 */
export function isOriginal({ record, mark }: MarkedJob, branch: Branch): boolean {
  return record.name === (isOwnedBy(branch.owner, mark) ? branch.nameOf(mark.key) : nameOf(mark));
}

function nameOf({ team, ref, user, key }: Mark): string {
  return branchJobName({ team, branchSlug: slugOf(ref), userSlug: slugOf(user), key });
}
