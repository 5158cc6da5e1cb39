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
