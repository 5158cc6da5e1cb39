import { groupedBy } from "../../jobs/grouped";
import { firesOf, jobsOf, type SimulatedDefinition, type SimulatedEnvironment } from "../../simulation/environment";
import type { MeasuredRun } from "./measured-run";

/** A day of a month, in UTC. */
export interface ForecastDay {
  /** `2026-01-31` */
  readonly day: string;
  /** The successful models that runs of the day have built. */
  readonly built: number;
  /** The successful models that are expected in the rest of the day. */
  readonly expected: number;
}

/** What is expected of a run of a job. */
export interface PerRun {
  readonly models: number;
  readonly seconds: number;
}

/** The mean of the past runs of a job; undefined for a job that never ran. */
export type Expectation = (environment: string, key: string) => PerRun | undefined;

const DAY = 24 * 60 * 60 * 1000;

/** The first moment of the month of a time, and that of the month after it, in UTC. */
export function monthOf(now: Date): { readonly from: Date; readonly to: Date } {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { from: new Date(Date.UTC(year, month, 1)), to: new Date(Date.UTC(year, month + 1, 1)) };
}

/**
 * The models of each day of a month: those built so far, and those that are expected. The rest of the month has the starts of the
 * schedules, each with the mean of the job's past runs, and for all other runs their daily mean.
 *
 * @param otherPerDay the models that runs without a schedule build on a day
 */
export function monthForecast(
  environments: readonly SimulatedEnvironment[],
  runs: readonly MeasuredRun[],
  expectation: Expectation,
  otherPerDay: number,
  now: Date,
): ForecastDay[] {
  const { from, to } = monthOf(now);
  const days = new Map<string, { built: number; expected: number }>();
  for (let time = from.getTime(); time < to.getTime(); time += DAY) {
    const rest = Math.max(0, Math.min(1, (time + DAY - now.getTime()) / DAY));
    days.set(dayOf(time), { built: 0, expected: rest * otherPerDay });
  }
  for (const { at, models } of runs) {
    const day = days.get(dayOf(at));
    if (day) day.built += models;
  }
  for (const { at, environment, key } of plannedRuns(environments, now, to)) {
    days.get(dayOf(at))!.expected += expectation(environment, key)?.models ?? 0;
  }
  return [...days].map(([day, counts]) => ({ day, ...counts }));
}

/** A run that a schedule starts, or that follows such a run. */
export interface PlannedRun {
  /** The time of the schedule, in milliseconds since the epoch. */
  readonly at: number;
  readonly environment: string;
  readonly key: string;
}

/** The runs that start in a period without a person. A job that runs after the success of another one has as many runs as that job. */
export function plannedRuns(environments: readonly SimulatedEnvironment[], from: Date, to: Date): PlannedRun[] {
  return firesOf(jobsOf(environments), { from, to }).flatMap(({ at, jobs }) =>
    jobs.flatMap(({ environment, key }) =>
      withFollowers(key, environment.jobs).map((one) => ({ at, environment: environment.name, key: one })),
    ),
  );
}

/** The job, and the jobs that run after its success, directly or not. */
function withFollowers(key: string, jobs: Readonly<Record<string, SimulatedDefinition>>): string[] {
  const followers = Object.entries(jobs).filter(
    ([, { run_after }]) => run_after?.job === key && run_after.on.includes("success"),
  );
  return [key, ...followers.flatMap(([follower]) => withFollowers(follower, jobs))];
}

/** The mean of what a job's past runs built; a run that failed counts with what it built. */
export function expectationOf(runs: readonly MeasuredRun[]): Expectation {
  const byJob = groupedBy(
    runs.filter(({ key }) => key !== undefined),
    ({ environment, key }) => `${environment} ${key}`,
  );
  const means = new Map([...byJob].map(([job, own]) => [job, meanOf(own)]));
  return (environment, key) => means.get(`${environment} ${key}`);
}

/** The mean of runs. */
export function meanOf(runs: readonly Pick<MeasuredRun, "models" | "seconds">[]): PerRun {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { models: mean(runs.map(({ models }) => models)), seconds: mean(runs.map(({ seconds }) => seconds)) };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
