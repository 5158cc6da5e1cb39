import type { SimulatedDefinition, SimulatedEnvironment } from "./environment";
import type { Forecast, JobForecast, SlaForecast } from "./forecast";

/** A job whose runs or deadlines a change to the env files concerns. */
export interface ChangedJob {
  readonly environment: string;
  readonly key: string;
  /** Absent for a job that the change adds. */
  readonly before?: SimulatedDefinition;
  /** Absent for a job that the change removes. */
  readonly after?: SimulatedDefinition;
}

/** A job that misses another number of deadlines with a change than without it. */
export interface Effect {
  readonly environment: string;
  readonly key: string;
  /** The deadlines without the change; absent when there is none. */
  readonly before?: SlaForecast;
  /** The deadlines with the change; absent when there is none. */
  readonly after?: SlaForecast;
}

/** A difference below this number of deadlines is not shown. */
const SMALLEST_EFFECT = 0.05;

/** The jobs with another schedule, `run_after`, timeout or `sla` than before, and those that are new or gone. */
export function changedJobs(
  before: readonly SimulatedEnvironment[],
  after: readonly SimulatedEnvironment[],
): ChangedJob[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.flatMap((name) => {
    const [old, changed] = [before, after].map(
      (environments) => environments.find((environment) => environment.name === name)?.jobs ?? {},
    ) as [SimulatedEnvironment["jobs"], SimulatedEnvironment["jobs"]];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(changed)])];
    return keys
      .filter((key) => timingOf(old[key]) !== timingOf(changed[key]))
      .map((key) => ({ environment: name, key, before: old[key], after: changed[key] }));
  });
}

/** The jobs whose number of missed deadlines a change raises or lowers, the largest rise first. */
export function effectsOf(before: Forecast, after: Forecast): Effect[] {
  const old = new Map(before.jobs.map((job) => [nameOf(job), job]));
  const names = [...new Set([...before.jobs, ...after.jobs].map(nameOf))];
  const changed = new Map(after.jobs.map((job) => [nameOf(job), job]));
  return names
    .map((name) => {
      const { environment, key } = (changed.get(name) ?? old.get(name))!;
      return { environment, key, before: old.get(name)?.sla, after: changed.get(name)?.sla };
    })
    .filter((effect) => Math.abs(riseOf(effect)) >= SMALLEST_EFFECT)
    .sort((a, b) => riseOf(b) - riseOf(a));
}

/** How many more deadlines are missed with a change than without it. */
export function riseOf({ before, after }: Effect): number {
  return (after?.missed ?? 0) - (before?.missed ?? 0);
}

function nameOf({ environment, key }: JobForecast): string {
  return `${environment} ${key}`;
}

function timingOf(job: SimulatedDefinition | undefined): string {
  if (!job) return "";
  const { schedule, paused, run_after, triggers, timeout_seconds, sla } = job;
  return JSON.stringify([schedule, paused, run_after, triggers, timeout_seconds, sla]);
}
