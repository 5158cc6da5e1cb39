import type { JobRecord } from "../../dbt-cloud/jobs";
import { isOver, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import { branchJobName, slugOf } from "../../jobs/names";
import { isOfTeam, markOf, type Mark, type Owner } from "./mark";
import { originalsIn, type MarkedJob } from "./originals";

/** Whose jobs a clean-up may take, and when. All that is named must hold. */
export interface CleanupCriteria {
  /** Days without a deploy, a change or a run that a person started. */
  readonly olderThanDays?: number;
  /** Branches that are merged or gone. */
  readonly isMerged?: (ref: string) => boolean;
  /** The branch's full name. */
  readonly branch?: string;
  /** Takes other people's jobs as well. */
  readonly allUsers: boolean;
}

/** What a clean-up looks at. */
export interface CleanupInput {
  readonly owner: Owner;
  /** All jobs of the environment, whoever owns them. */
  readonly records: readonly JobRecord[];
  /** Runs since the oldest time that counts, and those in progress. */
  readonly runs: readonly Run[];
  readonly now: Date;
}

/** A branch job that a clean-up may take. */
export interface StaleJob extends MarkedJob {
  /** Whole days since it was deployed, changed, or run by a person. */
  readonly idleDays: number;
  /** A run is in progress, so that it is left alone. */
  readonly isRunning: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/** How the cause of a run begins that a clean-up starts. Should it fail, the job must not count as used because of it. */
export const CLEANUP_CAUSE = "Clean-up by";

/** What people and programs start; the clock's own runs say nothing about whether anybody needs a job. */
const BY_SOMEBODY = ["api", "ui", "rerun"];

/** The team's marked jobs of an environment, one's own or everybody's, without copies that were made in dbt Cloud. */
export function candidates({ owner, records }: CleanupInput, allUsers: boolean): MarkedJob[] {
  const marked = records.flatMap((record) => {
    const mark = markOf(record.description);
    return mark && isOfTeam(owner, mark) && (allUsers || mark.user === owner.user) ? [{ record, mark }] : [];
  });
  return originalsIn(marked, nameOf);
}

function nameOf({ team, ref, user, key }: Mark): string {
  return branchJobName({ team, branchSlug: slugOf(ref), userSlug: slugOf(user), key });
}

/** The candidates that fulfil all criteria, longest idle first. */
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
  // A time that cannot be read is no reason to delete.
  const last = times.includes(undefined) ? now.getTime() : Math.max(...times.map(Number));
  return { idleDays: Math.floor((now.getTime() - last) / DAY), isRunning: own.some((run) => !isOver(run)) };
}
