import { timeOf } from "../../dbt-cloud/times";

/** A time to the minute, in UTC: `2026-01-05 04:30`. */
export function utc(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}

/** A time of the API to the minute, in UTC; a dash when there is none. */
export function minute(time: string | null | undefined): string {
  const parsed = timeOf(time);
  return parsed === undefined ? "–" : utc(new Date(parsed));
}

/** A time with its weekday, in a time zone: `Mon 05:30`. */
export function inTimeZone(time: Date, timeZone: string): string {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short" }).format(time);
  return `${day} ${clockTime(time, timeZone)}`;
}

/** The time of day in a time zone: `05:30`. */
export function clockTime(time: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(time);
}
