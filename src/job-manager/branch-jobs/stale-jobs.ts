import type { JobRecord } from "../../dbt-cloud/jobs";
import { isOver, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { Branch } from "./branch";
import { isOfTeam, markOf } from "./mark";
import { isOriginal, type MarkedJob } from "./originals";

/** The jobs that a clean-up deletes. A job must meet all criteria that are given. */
export interface CleanupCriteria {
  /** The least number of days without a deploy, a change, or a run that somebody started. */
  readonly olderThanDays?: number;
  /** Whether a branch is merged or deleted. */
  readonly isMerged?: (ref: string) => boolean;
  /** The branch's full name. */
  readonly branch?: string;
  /** Includes other people's jobs. */
  readonly allUsers: boolean;
}

/** The input of a clean-up. */
export interface CleanupInput {
  /** The branch on which the person works. */
  readonly branch: Branch;
  /** All jobs of the environment, of any owner. */
  readonly records: readonly JobRecord[];
  /** The runs since the oldest time that matters, and the runs in progress. */
  readonly runs: readonly Run[];
  readonly now: Date;
}

/** A branch job that meets the criteria of a clean-up. */
export interface StaleJob extends MarkedJob {
  /** Whole days since the last deploy, change, or run that somebody started. */
  readonly idleDays: number;
  /** A run is in progress, so the clean-up keeps the job. */
  readonly isRunning: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/** The start of the cause of a run that a clean-up starts. Such a run does not count as use of the job. */
export const CLEANUP_CAUSE = "Clean-up by";

/** The causes of runs that people and programs start. A scheduled run does not show that anybody needs the job. */
const BY_SOMEBODY = ["api", "ui", "rerun"];

/** The team's jobs of an environment: one person's or everybody's. Copies that were made in dbt Cloud are left out. */
export function candidates(input: CleanupInput, allUsers: boolean): MarkedJob[] {
  return marked(input, allUsers).filter((job) => isOriginal(job, input.branch));
}

/** Jobs with a mark of the team but another name, which somebody copied or renamed in dbt Cloud. */
export function copies(input: CleanupInput): MarkedJob[] {
  return marked(input, true).filter((job) => !isOriginal(job, input.branch));
}

function marked({ branch: { owner }, records }: CleanupInput, allUsers: boolean): MarkedJob[] {
  return records.flatMap((record) => {
    const mark = markOf(record.description);
    return mark && isOfTeam(owner, mark) && (allUsers || mark.user === owner.user) ? [{ record, mark }] : [];
  });
}

/** The candidates that meet all criteria. The job that is idle for the longest time is first. */
export function staleJobs(input: CleanupInput, criteria: CleanupCriteria): StaleJob[] {
  const { olderThanDays, isMerged, branch, allUsers } = criteria;
  return candidates(input, allUsers)
    .map(({ record, mark }) => ({ record, mark, ...idleness(record, input) }))
    .filter(({ idleDays }) => olderThanDays === undefined || idleDays >= olderThanDays)
    .filter(({ mark }) => branch === undefined || mark.ref === branch)
    .filter(({ mark }) => isMerged === undefined || isMerged(mark.ref))
    .sort((a, b) => b.idleDays - a.idleDays || a.record.id - b.record.id);
}

function idleness({ id, ...record }: JobRecord, { runs, now }: CleanupInput): Pick<StaleJob, "idleDays" | "isRunning"> {
  const own = runs.filter((run) => run.job_definition_id === id);
  const started = own.filter(
    ({ trigger }) => BY_SOMEBODY.includes(trigger?.cause_category ?? "") && !trigger?.cause?.startsWith(CLEANUP_CAUSE),
  );
  const times = [record.updated_at, ...started.map(({ created_at }) => created_at)].map(timeOf);
  // A job whose time is not readable counts as just used, so that it is not deleted.
  const last = times.includes(undefined) ? now.getTime() : Math.max(...times.map(Number));
  return { idleDays: Math.floor((now.getTime() - last) / DAY), isRunning: own.some((run) => !isOver(run)) };
}
