/** A time of the API to the minute, in UTC: `2026-01-05 04:30`; a dash where there is none. */
export function minute(time: string | null | undefined): string {
  const parsed = timeOf(time);
  return parsed === undefined ? "–" : new Date(parsed).toISOString().slice(0, 16).replace("T", " ");
}

/** Milliseconds since the epoch of a time of the API, which may lack its zone: UTC. */
export function timeOf(time: string | null | undefined): number | undefined {
  if (!time) return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(time);
  const parsed = Date.parse(hasZone ? time : `${time.replace(" ", "T")}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
