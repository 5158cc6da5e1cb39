import { Cron } from "croner";
import { z } from "zod";
import { groupedBy } from "./grouped";
import { refuseRepeats, refusing, type Refusal } from "./refusal";

/** Days of the week in cron order: Sunday is 0. */
export const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/** The numbers of hours that divide a day, so that the interval is the same across midnight. */
const HOUR_STEPS = [1, 2, 3, 4, 6, 8, 12] as const;

const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/**
 * A time of day, `HH:MM` on the 24-hour clock.
 *
 * @param zone words for the time zone, for the error; default: none
 */
export function timeOfDaySchema(zone = ""): z.ZodString {
  return z.string().regex(TIME_OF_DAY, `a time "HH:MM"${zone}, from "00:00" to "23:59"`);
}

/** Days of the week, each once. */
export const daysSchema = z.array(z.enum(WEEKDAYS)).min(1).check(refusing(refuseRepeats)).optional();

const days = daysSchema.meta({
  description: "Days of the week. Default: every day.",
  examples: [["monday", "friday"]],
});

const scheduleAtSchema = z.strictObject({
  at: z
    .array(timeOfDaySchema(" in UTC"))
    .min(1)
    .check(refusing(refuseRepeats), refusing(refuseDifferingMinutes))
    .meta({
      description: "Times of day in UTC, as dbt Cloud fires them. All times of one job have the same minute.",
      examples: [["05:00"], ["06:00", "12:00", "18:00"]],
    }),
  days,
});

const scheduleEveryHoursSchema = z.strictObject({
  every_hours: z.literal([...HOUR_STEPS]).meta({
    description: "The number of hours between two runs, counted from 00:00 UTC.",
    examples: [6],
  }),
  days,
});

const scheduleCronSchema = z.strictObject({
  cron: z
    .string()
    .check(refusing(refuseCron))
    .meta({
      description: "Five cron fields in UTC: minute, hour, day of month, month, day of week.",
      examples: ["30 6 * * 1-5", "0 0 L * *"],
    }),
});

/** The schedule of a job: times of day, every few hours, or a cron expression. Times are UTC. */
export const scheduleSchema = z
  .union([scheduleAtSchema, scheduleEveryHoursSchema, scheduleCronSchema], {
    error: 'one of { at: ["HH:MM", …] }, { every_hours: N } (each with optional days) or { cron: "…" }',
  })
  .meta({
    description: "When the job starts by itself, in UTC. Default: it does not; the job runs on demand.",
    examples: [{ at: ["05:00"] }, { every_hours: 6 }, { cron: "0 5 * * 1-5" }],
  });

/** The schedule of a job. */
export type Schedule = z.output<typeof scheduleSchema>;

/**
 * The cron expression of a schedule.
 *
 * @returns five fields, UTC, single spaces: `0 6,12,18 * * *`
 */
export function cronOf(schedule: Schedule): string {
  if ("cron" in schedule) return schedule.cron.trim().split(/\s+/).join(" ");
  const dayOfWeek = schedule.days
    ? [...schedule.days]
        .map((day) => WEEKDAYS.indexOf(day))
        .sort((a, b) => a - b)
        .join(",")
    : "*";
  if ("every_hours" in schedule) {
    const hours = schedule.every_hours === 1 ? "*" : `*/${schedule.every_hours}`;
    return `0 ${hours} * * ${dayOfWeek}`;
  }
  const hours = schedule.at.map(hourOf).sort((a, b) => a - b);
  return `${minuteOf(schedule.at[0]!)} ${hours.join(",")} * * ${dayOfWeek}`;
}

/**
 * The next times at which a schedule fires.
 *
 * @param after all times are later than this
 * @param count the maximum number of times
 */
export function nextFireTimes(schedule: Schedule, after: Date, count: number): Date[] {
  return clockOf(cronOf(schedule)).nextRuns(count, after);
}

/**
 * The first time at which a schedule fires on each of the given UTC days, `YYYY-MM-DD`. Days without a run are absent.
 */
export function firstFireTimes(schedule: Schedule, days: Iterable<string>): Map<string, Date> {
  const clock = clockOf(cronOf(schedule));
  const first = new Map<string, Date>();
  for (const day of days) {
    const time = clock.nextRun(new Date(Date.parse(day) - 1000));
    if (time?.toISOString().startsWith(day)) first.set(day, time);
  }
  return first;
}

/** Minutes after midnight of a time of day: `"05:30"` is 330. */
export function minutesOfDay(time: string): number {
  return hourOf(time) * 60 + minuteOf(time);
}

function clockOf(cron: string): Cron {
  return new Cron(cron, { utcOffset: 0, mode: "5-part" });
}

function hourOf(time: string): number {
  return Number(time.slice(0, 2));
}

function minuteOf(time: string): number {
  return Number(time.slice(3));
}

function refuseDifferingMinutes(at: readonly string[]): Refusal | undefined {
  if (!at.every((time) => TIME_OF_DAY.test(time))) return undefined;
  const byMinute = groupedBy(at, minuteOf);
  if (byMinute.size < 2) return undefined;
  const jobs = [...byMinute.values()].map((times) => `at: [${times.map((time) => `"${time}"`).join(", ")}]`);
  return {
    reason: "the times of one job must have the same minute",
    allowed: "times that one cron expression can express",
    fix: `give them the same minute, or make one job for each minute: ${jobs.join(" and ")}`,
  };
}

const DAY_OF_MONTH = /^(?:L|[\d*,/-]+)$/;
const OTHER_FIELD = /^(?:[\d*,/-]|\b[A-Za-z]{3}\b)+$/;
const FIELDS = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12 },
  { name: "day of week", from: 0, to: 6 },
] as const;
const CRON_FORM = {
  allowed:
    "five cron fields: minute (0-59), hour (0-23), day of month (1-31 or L), month (1-12), day of week (0-6, 0 is Sunday)",
};

const NEVER_FIRES: Refusal = {
  ...CRON_FORM,
  reason: "it never fires, because no such date exists",
  fix: 'choose a day that the month has; "L" is the last day of the month',
};

/**
 * Checks a cron expression as dbt Cloud reads it: five fields, UTC, `L` for the last day of the month, no `@daily`, no
 * seconds, and at least one date on which it fires.
 */
function refuseCron(cron: string): Refusal | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) {
    return {
      ...CRON_FORM,
      reason: `a cron expression has five fields, this one has ${cron.trim() === "" ? 0 : fields.length}`,
      fix: 'write it as "minute hour day month weekday", for example "0 5 * * *" for 05:00 every day',
    };
  }
  const badField = fields.find((field, i) => !(i === 2 ? DAY_OF_MONTH : OTHER_FIELD).test(field));
  if (badField !== undefined) return notACron(`"${badField}" is not a cron field`);
  for (const [i, { name, from, to }] of FIELDS.entries()) {
    const beyond = numbersOf(fields[i]!).find((n) => n < from || n > to);
    if (beyond !== undefined) return notACron(`there is no ${name} ${beyond}`);
  }
  try {
    return clockOf(cron).nextRun(new Date(0)) === null ? NEVER_FIRES : undefined;
  } catch (error) {
    return isStackOverflow(error) ? NEVER_FIRES : notACron(cronError(error));
  }
}

/** The numbers of a cron field, without step widths. */
function numbersOf(field: string): number[] {
  return field.replace(/\/\d+/g, "").match(/\d+/g)?.map(Number) ?? [];
}

/** croner is recursive for each year of a search, so a date that does not exist can exhaust the stack. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

function notACron(reason: string): Refusal {
  return {
    ...CRON_FORM,
    reason,
    fix: 'use numbers within these ranges, for example "30 6 * * 1-5" for 06:30 on weekdays',
  };
}

/** croner's messages start with the name of its class. */
function cronError(error: unknown): string {
  return error instanceof Error
    ? error.message.replace(/^CronPattern: /, "").replace(/\.$/, "")
    : "it is not a cron expression";
}
