import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Branch } from "./branch";
import { isMarked, isOwnedBy, markOf, type Mark } from "./mark";

/** A job of the environment, whoever owns it. */
export interface DeployedJob {
  readonly record: JobRecord;
  /** Absent from jobs that no branch deployed, or another version of this program. */
  readonly mark?: Mark;
}

/** A job that is the branch's own. */
interface OwnJob extends DeployedJob {
  readonly mark: Mark;
}

/** What is there before a deploy. */
export interface Inventory {
  /** All jobs of the environment, whoever owns them. */
  readonly jobs: readonly DeployedJob[];
  /** The branch's own. */
  readonly own: readonly OwnJob[];
  /** Copies of the branch's jobs that somebody made in dbt Cloud. Nothing is done to them. */
  readonly copies: readonly OwnJob[];
  /** The job of each key: the branch's own, or one of its name and without a mark that is taken over. */
  readonly byKey: ReadonlyMap<string, DeployedJob>;
}

/**
 * Tells whose the jobs of an environment are. Only marks count. A job that is copied in dbt Cloud takes the mark along;
 * where several carry one mark, only those with the job's name are the branch's own.
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
  const marked = jobs.filter((job): job is OwnJob => job.mark !== undefined && isOwnedBy(branch.owner, job.mark));
  const carriers = new Map<string, number>();
  for (const { mark } of marked) carriers.set(mark.key, (carriers.get(mark.key) ?? 0) + 1);
  const isOwn = ({ record, mark }: OwnJob): boolean =>
    carriers.get(mark.key) === 1 || record.name === branch.nameOf(mark.key);
  const own = marked.filter(isOwn);
  const byKey = new Map<string, DeployedJob>();
  for (const job of own) if (!byKey.has(job.mark.key)) byKey.set(job.mark.key, job);
  const unmarked = new Map(
    jobs.filter(({ record }) => adopt && !isMarked(record.description)).map((job) => [job.record.name, job]),
  );
  for (const key of keys) {
    const adopted = unmarked.get(branch.nameOf(key));
    if (adopted && !byKey.has(key)) byKey.set(key, adopted);
  }
  return { jobs, own, copies: marked.filter((job) => !isOwn(job)), byKey };
}
