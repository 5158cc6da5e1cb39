import type { Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { JobDefinition } from "../../jobs/definition";
import { RUN_STATUS } from "../../jobs/run-status";
import { firstFireTimes, minutesOfDay } from "../../jobs/schedule";

/** The time by which a job's run of one day must finish. */
export interface Deadline {
  /** The start of that UTC day. */
  readonly dayStart: Date;
  readonly at: Date;
}

/** What the rules about the day of a job depend on. */
type Timed = Pick<JobDefinition, "schedule" | "paused" | "run_after" | "sla">;

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;
/** Schedules repeat each week at least, unless they are cron expressions for rare days. */
const DAYS_BACK = 8;

/**
 * The last deadline of a job's `sla` that has passed; undefined when the job has no `sla`, is paused, or no run was due in the last
 * eight days. A job that runs after another one is due on the days of that job.
 *
 * @param jobs all jobs of the file
 */
export function lastDeadline(key: string, jobs: Readonly<Record<string, Timed>>, now: Date): Deadline | undefined {
  const sla = jobs[key]?.sla;
  const schedule = scheduleOf(key, jobs);
  if (!sla || !schedule) return undefined;
  const today = new Date(now).setUTCHours(0, 0, 0, 0);
  const days = Array.from({ length: DAYS_BACK }, (_, i) => new Date(today - i * DAY));
  const isDue = firstFireTimes(
    schedule,
    days.map((day) => day.toISOString().slice(0, 10)),
  );
  return days
    .filter((day) => isDue.has(day.toISOString().slice(0, 10)))
    .map((dayStart) => ({ dayStart, at: new Date(dayStart.getTime() + minutesOfDay(sla.finish_by) * MINUTE) }))
    .find(({ at }) => at <= now);
}

/** Whether one of a job's runs of the day succeeded before the deadline. */
export function isMet({ dayStart, at }: Deadline, runs: readonly Run[]): boolean {
  return runsOfDay(dayStart, runs).some(
    (run) => run.status === RUN_STATUS.success && (timeOf(run.finished_at) ?? Infinity) <= at.getTime(),
  );
}

/** A job's runs that started on a UTC day. The order stays. */
export function runsOfDay(dayStart: Date, runs: readonly Run[]): Run[] {
  const start = dayStart.getTime();
  return runs.filter(({ created_at }) => {
    const created = timeOf(created_at) ?? 0;
    return created >= start && created < start + DAY;
  });
}

/** The schedule that decides the days of a job: its own, or that of the job that it runs after. */
function scheduleOf(key: string, jobs: Readonly<Record<string, Timed>>): Timed["schedule"] {
  const job = jobs[key];
  if (!job || job.paused) return undefined;
  return job.schedule ?? (job.run_after ? scheduleOf(job.run_after.job, jobs) : undefined);
}
