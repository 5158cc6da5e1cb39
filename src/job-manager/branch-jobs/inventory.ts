import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Branch } from "./branch";
import { isMarked, isOwnedBy, markOf, type Mark } from "./mark";
import { originalsIn, type MarkedJob } from "./originals";

/** A job of the environment, whoever owns it. */
export interface DeployedJob {
  readonly record: JobRecord;
  /** Absent from jobs that no branch deployed, or another version of this program. */
  readonly mark?: Mark;
}

/** What is there before a deploy. */
export interface Inventory {
  /** All jobs of the environment, whoever owns them. */
  readonly jobs: readonly DeployedJob[];
  /** The branch's own. */
  readonly own: readonly MarkedJob[];
  /** Copies of the branch's jobs that somebody made in dbt Cloud. Nothing is done to them. */
  readonly copies: readonly MarkedJob[];
  /** The job of each key: the branch's own, or one of its name and without a mark that is taken over. */
  readonly byKey: ReadonlyMap<string, DeployedJob>;
}

/**
 * Tells whose the jobs of an environment are. Only marks count.
 *
 * @param adopt takes over jobs that have a name of the branch and nobody's mark
 */
export function takeInventory(
  branch: Branch,
  keys: readonly string[],
  records: readonly JobRecord[],
  adopt = false,
): Inventory {
  const jobs = records.map((record) => ({ record, mark: markOf(record.description) }));
  const marked = jobs.filter((job): job is MarkedJob => job.mark !== undefined && isOwnedBy(branch.owner, job.mark));
  const own = originalsIn(marked, ({ key }) => branch.nameOf(key));
  const isOwn = new Set(own);
  const byKey = new Map<string, DeployedJob>();
  for (const job of own) if (!byKey.has(job.mark.key)) byKey.set(job.mark.key, job);
  const unmarked = new Map(
    jobs.filter(({ record }) => adopt && !isMarked(record.description)).map((job) => [job.record.name, job]),
  );
  for (const key of keys) {
    const adopted = unmarked.get(branch.nameOf(key));
    if (adopted && !byKey.has(key)) byKey.set(key, adopted);
  }
  return { jobs, own, copies: marked.filter((job) => !isOwn.has(job)), byKey };
}
