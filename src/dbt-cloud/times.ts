/** Milliseconds since the epoch of a time of the API, which may lack its zone: UTC. */
export function timeOf(time: string | null | undefined): number | undefined {
  if (!time) return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(time);
  const parsed = Date.parse(hasZone ? time : `${time.replace(" ", "T")}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
