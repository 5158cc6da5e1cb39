import type { Status } from "./runs";

const STATUS_WORDS: Readonly<Record<Status, string>> = {
  1: "Queued",
  2: "Starting",
  3: "Running",
  10: "Success",
  20: "Error",
  30: "Cancelled",
};

const STATUS_COLORS: Readonly<Record<Status, string>> = {
  1: "#6b7280",
  2: "#2563eb",
  3: "#2563eb",
  10: "#16a34a",
  20: "#dc2626",
  30: "#d97706",
};

/** A status as all its fields say it. */
export function statusFields(status: Status): Record<string, unknown> {
  return {
    status,
    status_humanized: STATUS_WORDS[status],
    in_progress: status < 10,
    is_complete: status >= 10,
    is_success: status === 10,
    is_error: status === 20,
    is_cancelled: status === 30,
    is_running: status === 3,
  };
}

/** A step's status as all its fields say it. */
export function stepStatusFields(status: Status): Record<string, unknown> {
  return { status, status_humanized: STATUS_WORDS[status], status_color: STATUS_COLORS[status] };
}

/** Seconds between two stored times; up to now when there is no end yet, 0 when there is no beginning. */
export function secondsBetween(from: string | null, to: string | null, now: Date): number {
  if (from === null) return 0;
  const end = to === null ? now.getTime() : timeOf(to);
  return Math.max(0, Math.floor((end - timeOf(from)) / 1000));
}

/** `HH:MM:SS` */
export function clockDuration(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** `1 hour, 3 minutes`: the two largest units. */
export function wordyDuration(seconds: number): string {
  const units = [
    { name: "day", value: Math.floor(seconds / 86_400) },
    { name: "hour", value: Math.floor(seconds / 3600) % 24 },
    { name: "minute", value: Math.floor(seconds / 60) % 60 },
    { name: "second", value: seconds % 60 },
  ].filter(({ value }) => value > 0);
  if (units.length === 0) return "0 seconds";
  return units
    .slice(0, 2)
    .map(({ name, value }) => `${value} ${name}${value === 1 ? "" : "s"}`)
    .join(", ");
}

/** How long ago a stored time is. */
export function ago(time: string | null, now: Date): string | null {
  return time === null ? null : `${wordyDuration(secondsBetween(time, null, now))} ago`;
}

/** A stored time as a number that can be compared. */
export function timeOf(time: string): number {
  return Date.parse(time.replace(" ", "T"));
}
