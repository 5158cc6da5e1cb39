/** The milliseconds since the epoch of a time of the API; undefined when the text is not a time. A time without a zone is UTC. */
export function timeOf(time: string | null | undefined): number | undefined {
  if (!time) return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(time);
  const parsed = Date.parse(hasZone ? time : `${time.replace(" ", "T")}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
