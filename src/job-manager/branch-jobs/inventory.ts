import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Branch } from "./branch";
import { isMarked, isOwnedBy, markOf, type Mark } from "./mark";
import { isOriginal, type MarkedJob } from "./originals";

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
  /** Jobs with a mark of the branch but another name. Somebody copied or renamed them in dbt Cloud. They are not changed. */
  readonly copies: readonly MarkedJob[];
  /** The job of each key: the branch's own job, or a job that is adopted. */
  readonly byKey: ReadonlyMap<string, DeployedJob>;
}

/**
 * Finds the owners of an environment's jobs. A job is the branch's own when it has both the mark and the name.
 *
 * @param adopt also takes a job that has only one of both: the name and no mark, or the only mark of its key and another name
 */
export function takeInventory(
  branch: Branch,
  keys: readonly string[],
  records: readonly JobRecord[],
  adopt = false,
): Inventory {
  const jobs = records.map((record) => ({ record, mark: markOf(record.description) }));
  const marked = jobs.filter((job): job is MarkedJob => job.mark !== undefined && isOwnedBy(branch.owner, job.mark));
  const own = marked.filter((job) => isOriginal(job, branch));
  const renamed = marked.filter((job) => !isOriginal(job, branch));
  const byKey = new Map<string, DeployedJob>();
  for (const job of own) if (!byKey.has(job.mark.key)) byKey.set(job.mark.key, job);
  const missing = adopt ? keys.filter((key) => !byKey.has(key)) : [];
  for (const key of missing) {
    const adopted = adoptable(key, branch, jobs, renamed);
    if (adopted) byKey.set(key, { record: adopted.record });
  }
  const adopted = new Set([...byKey.values()].map(({ record }) => record.id));
  return { jobs, own, copies: renamed.filter(({ record }) => !adopted.has(record.id)), byKey };
}

/** The job to adopt for a key. Its mark, if it has one, is not trusted: a copy can lack values that the mark names. */
function adoptable(
  key: string,
  branch: Branch,
  jobs: readonly DeployedJob[],
  renamed: readonly MarkedJob[],
): DeployedJob | undefined {
  const name = branch.nameOf(key);
  const unmarked = jobs.findLast(({ record }) => record.name === name && !isMarked(record.description));
  if (unmarked) return unmarked;
  const carriers = renamed.filter(({ mark }) => mark.key === key);
  return carriers.length === 1 ? carriers[0] : undefined;
}
