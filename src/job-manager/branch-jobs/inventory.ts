import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Branch } from "./branch";
import { isMarked, isOwnedBy, markOf, type Mark } from "./mark";
import { originalsIn, type MarkedJob } from "./originals";

/** A job of the environment, of any owner. */
export interface DeployedJob {
  readonly record: JobRecord;
  /** Absent when no branch deployed the job, or another version of this program did. */
  readonly mark?: Mark;
}

/** The jobs of an environment before a deploy. */
export interface Inventory {
  /** All jobs of the environment, of any owner. */
  readonly jobs: readonly DeployedJob[];
  /** The branch's own jobs. */
  readonly own: readonly MarkedJob[];
  /** Copies of the branch's jobs that somebody made in dbt Cloud. The program does not change them. */
  readonly copies: readonly MarkedJob[];
  /** The job of each key: the branch's own job, or an unmarked job with its name that is adopted. */
  readonly byKey: ReadonlyMap<string, DeployedJob>;
}

/**
 * Finds the owners of an environment's jobs. Only marks count.
 *
 * @param adopt also takes unmarked jobs that have a name of the branch
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
