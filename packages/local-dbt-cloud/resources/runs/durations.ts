/** The seconds between two stored times: until now without an end, 0 without a beginning. */
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

/** The age of a stored time. */
export function ago(time: string | null, now: Date): string | null {
  return time === null ? null : `${wordyDuration(secondsBetween(time, null, now))} ago`;
}

/** A stored time as a number that can be compared. */
export function timeOf(time: string): number {
  return Date.parse(time.replace(" ", "T"));
}
