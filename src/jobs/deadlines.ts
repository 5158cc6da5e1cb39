import { Cron } from "croner";
import type { JobDefinition } from "./definition";
import { minutesOfDay, nextFireTimes, WEEKDAYS, type Schedule } from "./schedule";
import { localTime } from "./time-zone";

/** The time by which a job's run of one day must finish. */
export interface Deadline {
  /** The start of the day in the time zone of the `sla`. A run that starts before it belongs to an earlier day. */
  readonly dayStart: Date;
  /** The time at which the schedule first starts the job on that day. */
  readonly startsAt: Date;
  readonly at: Date;
}

/** What a deadline needs to know of a run. Times are milliseconds since the epoch. */
export interface Attempt {
  readonly createdAt: number;
  /** Infinity for a run that has not ended. */
  readonly finishedAt: number;
  readonly isSuccess: boolean;
}

/** Whether a run that was created at this time belongs to the day of a deadline: it started within a day after the day's start. */
export function isOfDay({ dayStart }: Deadline, createdAt: number): boolean {
  const start = dayStart.getTime();
  return createdAt >= start && createdAt < start + DAY;
}

/** Whether a run meets a deadline: it belongs to the deadline's day, and succeeded by the deadline. */
export function meets(deadline: Deadline, { createdAt, finishedAt, isSuccess }: Attempt): boolean {
  return isSuccess && isOfDay(deadline, createdAt) && finishedAt <= deadline.at.getTime();
}

/** The values of a job that decide when it is due. */
export type Due = Pick<JobDefinition, "schedule" | "paused" | "run_after" | "sla">;

/** When a job or its data must be ready. */
export type Sla = NonNullable<JobDefinition["sla"]>;

const DAY = 24 * 60 * 60 * 1000;

/**
 * The deadlines of a job's `sla` in a period, the oldest first. A day has a deadline when the schedule starts the job between
 * midnight and the deadline. A job that runs after another job is due on the days of that job. The list is empty when the job
 * has no `sla`, is paused, or only starts by hand.
 *
 * @param jobs all jobs of the file
 * @param timezone the time zone of a `sla` that names none
 * @param from the earliest deadline
 * @param to the latest deadline
 */
export function deadlines(
  key: string,
  jobs: Readonly<Record<string, Due>>,
  timezone: string,
  from: Date,
  to: Date,
): Deadline[] {
  const sla = jobs[key]?.sla;
  const schedule = scheduleOf(key, jobs);
  if (!sla || !schedule) return [];
  return days(sla, timezone, from, to).flatMap(({ dayStart, at }) => {
    const [startsAt] = nextFireTimes(schedule, new Date(dayStart.getTime() - 1), 1);
    return startsAt && startsAt < at ? [{ dayStart, startsAt, at }] : [];
  });
}

/**
 * The deadlines of data in a period, the oldest first: each day of the `sla` has one.
 *
 * @param timezone the time zone of a `sla` that names none
 * @param from the earliest deadline
 * @param to the latest deadline
 */
export function dataDeadlines(sla: Sla, timezone: string, from: Date, to: Date): Deadline[] {
  return days(sla, timezone, from, to).map(({ dayStart, at }) => ({ dayStart, startsAt: dayStart, at }));
}

/**
 * A start of a job that is too late for the deadline of its day; undefined when there is none. It looks at the first starts of
 * a winter and of a summer, so that it sees both times of a zone whose clocks change.
 *
 * @param timezone the time zone of a `sla` that names none
 */
export function impossibleStart(sla: Sla, schedule: Schedule, timezone: string): Date | undefined {
  const zone = sla.timezone ?? timezone;
  const latest = minutesOfDay(sla.finish_by);
  return SEASONS.flatMap((season) => firstOfEachDay(nextFireTimes(schedule, season, STARTS), zone)).find((start) => {
    const { weekday, minutes } = localTime(start, zone);
    return (sla.days ?? WEEKDAYS).includes(weekday) && minutes >= latest;
  });
}

/** Whether a job starts on at least one of the days of its `sla`. */
export function startsOnItsDays(sla: Sla, schedule: Schedule, timezone: string): boolean {
  const { days: wanted } = sla;
  if (!wanted) return true;
  const starts = nextFireTimes(schedule, SEASONS[0]!, 100);
  return starts.some((start) => wanted.includes(localTime(start, sla.timezone ?? timezone).weekday));
}

/** One minute before a year with a winter and a summer in each hemisphere. */
const SEASONS = [new Date("2025-12-31T23:59:00Z"), new Date("2026-06-30T23:59:00Z")];
const STARTS = 30;

function firstOfEachDay(starts: readonly Date[], zone: string): Date[] {
  const first = new Map<string, Date>();
  for (const start of starts) {
    const { day } = localTime(start, zone);
    if (!first.has(day)) first.set(day, start);
  }
  return [...first.values()];
}

/** The days of an `sla` with a deadline in a period. */
function days(sla: Sla, timezone: string, from: Date, to: Date): { dayStart: Date; at: Date }[] {
  const zone = sla.timezone ?? timezone;
  const midnight = clock("0 0 * * *", zone);
  const minutes = minutesOfDay(sla.finish_by);
  const weekdays = sla.days?.map((day) => WEEKDAYS.indexOf(day)).join(",") ?? "*";
  const deadline = clock(`${minutes % 60} ${Math.floor(minutes / 60)} * * ${weekdays}`, zone);
  const found: { dayStart: Date; at: Date }[] = [];
  let dayStart = midnight.nextRun(new Date(from.getTime() - 2 * DAY));
  while (dayStart !== null && dayStart <= to) {
    const next = midnight.nextRun(dayStart);
    const at = deadline.nextRun(new Date(dayStart.getTime() - 1));
    if (at !== null && (next === null || at < next) && at >= from && at <= to) found.push({ dayStart, at });
    dayStart = next;
  }
  return found;
}

/** The schedule that decides the days of a job: its own, or that of the job that it runs after. */
function scheduleOf(key: string, jobs: Readonly<Record<string, Due>>): Schedule | undefined {
  const job = jobs[key];
  if (!job || job.paused) return undefined;
  return job.schedule ?? (job.run_after ? scheduleOf(job.run_after.job, jobs) : undefined);
}

function clock(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: "5-part" });
}
