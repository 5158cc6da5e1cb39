import type { Period } from "./environment";
import type { SimulatedRun } from "./timeline";

const HOUR = 60 * 60 * 1000;
const HOURS = 24;

/** Counts for how long runs use the slots of an environment, by hour of the day in UTC. */
export class HourlyUse {
  private readonly used = new Array<number>(HOURS).fill(0);
  private readonly available: readonly number[];

  /** @param slots the number of runs that the environment executes at the same time */
  constructor(
    private readonly period: Period,
    slots: number,
  ) {
    const all = new Array<number>(HOURS).fill(0);
    addTo(all, period.from.getTime(), period.to.getTime());
    this.available = all.map((milliseconds) => milliseconds * slots);
  }

  /** Adds a run. A run that has not ended uses its slot until the end of the period. */
  add({ startedAt, finishedAt = this.period.to.getTime() }: Pick<SimulatedRun, "startedAt" | "finishedAt">): void {
    if (startedAt !== undefined) addTo(this.used, startedAt, finishedAt);
  }

  /** The share of the slots' time in each hour that was in use, from 0 to 1. */
  shares(trials: number): number[] {
    return this.used.map((milliseconds, hour) => milliseconds / (this.available[hour]! * trials || 1));
  }
}

/** Adds the milliseconds of a time span to the hours of the day that it touches. */
function addTo(hours: number[], from: number, to: number): void {
  for (let at = from; at < to;) {
    const next = Math.min(to, (Math.floor(at / HOUR) + 1) * HOUR);
    hours[Math.floor(at / HOUR) % HOURS]! += next - at;
    at = next;
  }
}
