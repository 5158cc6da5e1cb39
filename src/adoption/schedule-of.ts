import { cronOf, scheduleSchema, WEEKDAYS, type Schedule } from "../jobs/schedule";
import type { CloudJob } from "./found-job";

type CloudSchedule = NonNullable<CloudJob["schedule"]>;

/**
 * The times of a schedule as one cron expression. dbt Cloud computes it; where it is absent, it follows from the type.
 *
 * @returns undefined when the schedule says no time
 */
export function cronIn({ cron, date, time }: CloudSchedule): string | undefined {
  const own = /cron$/.test(date?.type ?? "") ? date?.cron?.trim() : undefined;
  return own || cron?.trim() || cronOfTimes(time, date?.type === "days_of_week" ? date.days : undefined);
}

function cronOfTimes(time: CloudSchedule["time"], days: readonly number[] | null | undefined): string | undefined {
  const dayOfWeek = days?.length ? days.join(",") : "*";
  if (time?.hours?.length) return `0 ${time.hours.join(",")} * * ${dayOfWeek}`;
  if (time?.interval == null) return undefined;
  return `0 ${time.interval === 1 ? "*" : `*/${time.interval}`} * * ${dayOfWeek}`;
}

/**
 * A cron expression in the form that people read most easily. Times of day and intervals are used only where they have exactly the
 * same cron expression, so that Terraform finds no change.
 */
export function scheduleFrom(cron: string): Schedule {
  const fields = cron.trim().split(/\s+/);
  const [minute = "", hour = "", dayOfMonth, month, dayOfWeek = ""] = fields;
  const days = daysFrom(dayOfWeek);
  const asCron: Schedule = { cron: fields.join(" ") };
  if (fields.length !== 5 || dayOfMonth !== "*" || month !== "*" || !days) return asCron;
  const readable = [
    { every_hours: Number(/^\*(?:\/(\d+))?$/.exec(hour)?.[1] ?? 1), ...days },
    { at: hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`), ...days },
  ];
  const same = readable.find((schedule) => {
    const parsed = scheduleSchema.safeParse(schedule);
    return parsed.success && cronOf(parsed.data) === asCron.cron;
  });
  return (same as Schedule | undefined) ?? asCron;
}

/** The days of a cron field in the form of an env file; undefined for a form that it does not have. */
function daysFrom(field: string): { days?: (typeof WEEKDAYS)[number][] } | undefined {
  if (field === "*") return {};
  const days = field.split(",").map((day) => WEEKDAYS[Number(day)]);
  return days.every((day) => day !== undefined) ? { days } : undefined;
}
