import { runsOnGitEvents, type JobDefinition } from "../jobs/definition";
import { groupedBy } from "../jobs/grouped";
import { nextFireTimes } from "../jobs/schedule";

/** The values of a job that decide when it runs and when it is due. */
export type SimulatedDefinition = Pick<
  JobDefinition,
  "schedule" | "paused" | "run_after" | "triggers" | "timeout_seconds" | "sla"
>;

/** An environment whose jobs share its run slots. */
export interface SimulatedEnvironment {
  readonly name: string;
  /** The time zone of a `sla` that names none. */
  readonly timezone: string;
  /** The number of runs that the environment executes at the same time. */
  readonly slots: number;
  readonly jobs: Readonly<Record<string, SimulatedDefinition>>;
}

/** A job of an environment. */
export interface SimulatedJob {
  readonly environment: SimulatedEnvironment;
  readonly key: string;
  readonly definition: SimulatedDefinition;
}

/** A time at which schedules start jobs. Times are milliseconds since the epoch. */
export interface Fire {
  readonly at: number;
  readonly jobs: readonly SimulatedJob[];
}

/** A simulated period. Its start belongs to it, and its end does not. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** All jobs of environments, in the order of the files. */
export function jobsOf(environments: readonly SimulatedEnvironment[]): SimulatedJob[] {
  return environments.flatMap((environment) =>
    Object.entries(environment.jobs).map(([key, definition]) => ({ environment, key, definition })),
  );
}

/** The times of a period at which schedules start jobs, the oldest first. Jobs of the same time are in the given order. */
export function firesOf(jobs: readonly SimulatedJob[], { from, to }: Period): Fire[] {
  const starts = jobs.flatMap((job) => [...startsOf(job.definition, from, to)].map((at) => ({ at, job })));
  return [...groupedBy(starts, ({ at }) => at)]
    .sort(([a], [b]) => a - b)
    .map(([at, started]) => ({ at, jobs: started.map(({ job }) => job) }));
}

/** The number of starts that are computed at once. */
const BATCH = 200;

function* startsOf({ schedule, paused, triggers }: SimulatedDefinition, from: Date, to: Date): Generator<number> {
  if (!schedule || paused || runsOnGitEvents(triggers)) return;
  let after: Date | undefined = new Date(from.getTime() - 1);
  while (after) {
    const times = nextFireTimes(schedule, after, BATCH);
    for (const time of times) {
      if (time >= to) return;
      yield time.getTime();
    }
    after = times.at(-1);
  }
}
