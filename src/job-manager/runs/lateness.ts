import type { Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import { deadlines, isOfDay, meets, type Deadline, type Due } from "../../jobs/deadlines";
import { RUN_STATUS } from "../../jobs/run-status";

const DAY = 24 * 60 * 60 * 1000;
/** Schedules repeat each week at least, unless they are cron expressions for rare days. */
const LONGEST = 8 * DAY;

/**
 * The last deadline of a job's `sla` that has passed; undefined when there was none in the last eight days.
 *
 * @param file all jobs of the file, and the time zone of its deadlines
 */
export function lastDeadline(
  key: string,
  file: { readonly jobs: Readonly<Record<string, Due>>; readonly timezone: string },
  now: Date,
): Deadline | undefined {
  return deadlines(key, file.jobs, file.timezone, new Date(now.getTime() - LONGEST), now).at(-1);
}

/**
 * The next deadline of a job's `sla`; undefined when there is none within a day.
 *
 * @param file all jobs of the file, and the time zone of its deadlines
 */
export function nextDeadline(
  key: string,
  file: { readonly jobs: Readonly<Record<string, Due>>; readonly timezone: string },
  now: Date,
): Deadline | undefined {
  return deadlines(key, file.jobs, file.timezone, now, new Date(now.getTime() + DAY))[0];
}

/** Whether one of a job's runs of the day succeeded before the deadline. */
export function isMet(deadline: Deadline, runs: readonly Run[]): boolean {
  return runs.some((run) =>
    meets(deadline, {
      createdAt: timeOf(run.created_at) ?? 0,
      finishedAt: timeOf(run.finished_at) ?? Infinity,
      isSuccess: run.status === RUN_STATUS.success,
    }),
  );
}

/** A job's runs of the day of a deadline. The order stays. */
export function runsOfDay(deadline: Deadline, runs: readonly Run[]): Run[] {
  return runs.filter(({ created_at }) => isOfDay(deadline, timeOf(created_at) ?? 0));
}
