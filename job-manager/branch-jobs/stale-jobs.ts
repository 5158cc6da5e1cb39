import type { JobRecord } from "../../dbt-cloud/jobs";
import { isOver, type Run } from "../../dbt-cloud/runs";
import { branchJobName, slugOf } from "../../jobs/names";
import { markOf, type Mark, type Owner } from "./mark";

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
  readonly timeOf: (time: string | null | undefined) => number | undefined;
}

/** A branch job that a clean-up may take. */
export interface StaleJob {
  readonly record: JobRecord;
  readonly mark: Mark;
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

/**
 * The team's marked jobs of an environment: one's own, or everybody's. A job that was copied in dbt Cloud takes the mark along;
 * where several carry one mark, only those with the job's name count.
 */
export function candidates({ owner, records }: CleanupInput, allUsers: boolean): { record: JobRecord; mark: Mark }[] {
  const marked = records.flatMap((record) => {
    const mark = markOf(record.description);
    const isTeams =
      mark?.team === owner.team && mark.project === owner.project && mark.environment === owner.environment;
    return mark && isTeams && (allUsers || mark.user === owner.user) ? [{ record, mark }] : [];
  });
  const identityOf = ({ ref, user, key }: Mark): string => JSON.stringify([ref, user, key]);
  const carriers = new Map<string, number>();
  for (const { mark } of marked) carriers.set(identityOf(mark), (carriers.get(identityOf(mark)) ?? 0) + 1);
  return marked.filter(({ record, mark }) => carriers.get(identityOf(mark)) === 1 || record.name === nameOf(mark));
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

function idleness(
  { id, ...record }: JobRecord,
  { runs, now, timeOf }: CleanupInput,
): Pick<StaleJob, "idleDays" | "isRunning"> {
  const own = runs.filter((run) => run.job_definition_id === id);
  const started = own.filter(
    ({ trigger }) => BY_SOMEBODY.includes(trigger?.cause_category ?? "") && !trigger?.cause?.startsWith(CLEANUP_CAUSE),
  );
  const times = [record.updated_at, ...started.map(({ created_at }) => created_at)].map(timeOf);
  // A time that cannot be read is no reason to delete.
  const last = times.includes(undefined) ? now.getTime() : Math.max(...times.map(Number));
  return { idleDays: Math.floor((now.getTime() - last) / DAY), isRunning: own.some((run) => !isOver(run)) };
}
