import { chanceOf, numberOf } from "./chance";
import type { SimulatedJob } from "./environment";
import type { Draw, Outcome } from "./timeline";

/** What the outcomes of a simulation's runs are drawn from. */
export interface Experience {
  /** The runs that a job has had; none when nothing is known. */
  readonly pastRuns: (job: SimulatedJob) => readonly Outcome[];
  /** The seconds that a run takes when nothing is known about its job. */
  readonly defaultSeconds: number;
  /** The share of the job's runs that fails, from 0 to 1; undefined for the share of its past runs. */
  readonly failureRate: (job: SimulatedJob) => number | undefined;
}

const DURATION = 0;
const FAILURE = 1;

/**
 * Draws the outcomes of runs from the past runs of their jobs, each with the same chance. With a failure rate, a run that succeeds
 * takes as long as a past success, and one that fails as long as a past failure, if there is one.
 *
 * @param seed selects the outcomes: the same seed and trial always give the same ones
 * @returns the outcomes of a trial, by its number
 */
export function drawFrom({ pastRuns, defaultSeconds, failureRate }: Experience, seed: number): (trial: number) => Draw {
  const known = new Map<SimulatedJob, { readonly number: number; readonly runs: readonly Outcome[] }>();
  const knownOf = (job: SimulatedJob): { readonly number: number; readonly runs: readonly Outcome[] } => {
    const found = known.get(job) ?? {
      number: numberOf(`${job.environment.name} ${job.key}`),
      runs: pastRuns(job),
    };
    known.set(job, found);
    return found;
  };
  return (trial) =>
    ({ job }, occurrence) => {
      const { number, runs } = knownOf(job);
      const chance = (kind: number): number => chanceOf(seed, trial, number, occurrence, kind);
      const rate = failureRate(job);
      if (rate === undefined) return choice(runs, chance(DURATION)) ?? { seconds: defaultSeconds, isSuccess: true };
      const isSuccess = chance(FAILURE) >= rate;
      const same = runs.filter((run) => run.isSuccess === isSuccess);
      const { seconds } = choice(same.length > 0 ? same : runs, chance(DURATION)) ?? { seconds: defaultSeconds };
      return { seconds, isSuccess };
    };
}

function choice<T>(items: readonly T[], chance: number): T | undefined {
  return items[Math.floor(chance * items.length)];
}
