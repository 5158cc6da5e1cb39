import type { NodeResult } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { groupedBy } from "../../jobs/grouped";
import { HourlyUse } from "../../simulation/slot-use";
import type { Period } from "../run-history/attainment";
import type { MeasuredRun } from "./measured-run";
import { expectationOf, monthForecast, monthOf, plannedRuns, type ForecastDay } from "./month-forecast";
import { slowestModels, testRecords } from "./nodes";
import type { PlannedEnvironment, Saving } from "./savings";

/** The runs and the use of something. */
interface Share {
  readonly runs: number;
  readonly models: number;
  /** Seconds of the warehouse. */
  readonly seconds: number;
}

/** What the runs of environments used. */
export interface Usage {
  readonly period: Period;
  readonly days: readonly ForecastDay[];
  /** The models that the plan includes in a month; absent when nobody said. */
  readonly allowance?: number;
  /** Jobs with a schedule that never ran. */
  readonly unknown: readonly string[];
  readonly jobs: readonly (Share & {
    readonly environment: string;
    readonly key: string | null;
    readonly owner: string | null;
  })[];
  readonly owners: readonly (Share & { readonly owner: string | null })[];
  readonly slots: readonly { readonly environment: string; readonly hours: readonly number[] }[];
  readonly slowest: ReturnType<typeof slowestModels>;
  readonly tests: ReturnType<typeof testRecords>;
  readonly comparison?: {
    readonly before: number;
    readonly after: number;
    readonly results: readonly [before: readonly NodeResult[], after: readonly NodeResult[]];
  };
  readonly change?: { readonly file: string; readonly days: number; readonly savings: readonly Saving[] };
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * What runs used, and what the month will use.
 *
 * @param runs all runs of the period and of the month so far
 * @param period the time of the shares, durations and tests
 */
export function usageOf(
  environments: readonly EnvironmentDefinition[],
  runs: readonly MeasuredRun[],
  period: Period,
  allowance: number | undefined,
): Usage {
  const planned = environments.map(asPlanned);
  const inPeriod = runs.filter(({ at }) => at >= period.from.getTime() && at <= period.to.getTime());
  const expectation = expectationOf(inPeriod);
  const others = inPeriod.filter(({ key, isPlanned }) => key === undefined || !isPlanned);
  const length = (period.to.getTime() - period.from.getTime()) / DAY;
  const ahead = plannedRuns(planned, period.to, monthOf(period.to).to);
  const owners = new Map(
    environments.flatMap(({ name, jobs }) => Object.entries(jobs).map(([key, job]) => [`${name} ${key}`, job.owner])),
  );
  const ownerOf = ({ environment, key }: MeasuredRun): string | null => owners.get(`${environment} ${key}`) ?? null;
  return {
    period,
    days: monthForecast(planned, runs, expectation, sharesOf(others).models / length, period.to),
    ...(allowance === undefined ? {} : { allowance }),
    unknown: [...new Set(ahead.filter((one) => !expectation(one.environment, one.key)).map(({ key }) => key))],
    jobs: groups(inPeriod, ({ environment, key }) => `${environment} ${key ?? ""}`).map((own) => ({
      environment: own[0]!.environment,
      key: own[0]!.key ?? null,
      owner: ownerOf(own[0]!),
      ...sharesOf(own),
    })),
    owners: groups(inPeriod, (run) => ownerOf(run) ?? "").map((own) => ({ owner: ownerOf(own[0]!), ...sharesOf(own) })),
    slots: environments.map(({ name }) => ({ environment: name, hours: hoursOf(name, inPeriod, period) })),
    slowest: slowestModels(inPeriod),
    tests: testRecords(inPeriod),
  };
}

/** The models that were built in the month, and those that are expected in all of it. */
export function totalsOf(days: readonly ForecastDay[]): { built: number; forecast: number } {
  const built = days.reduce((sum, day) => sum + day.built, 0);
  return { built, forecast: days.reduce((sum, day) => sum + day.expected, built) };
}

/** The first day on which the month exceeds an allowance; undefined when it does not. */
export function exceededOn(days: readonly ForecastDay[], allowance: number): string | undefined {
  let sum = 0;
  for (const { day, built, expected } of days) {
    sum += built + expected;
    if (sum > allowance) return day;
  }
  return undefined;
}

/** An environment as the forecast needs it. */
export function asPlanned({ name, timezone, jobs }: EnvironmentDefinition): PlannedEnvironment {
  return { name, timezone, jobs, slots: 1 };
}

function sharesOf(runs: readonly MeasuredRun[]): Share {
  const sum = (value: (run: MeasuredRun) => number): number => runs.reduce((total, run) => total + value(run), 0);
  return { runs: runs.length, models: sum(({ models }) => models), seconds: sum(({ seconds }) => seconds) };
}

/** The runs with the same name, the groups with the most seconds first. */
function groups(runs: readonly MeasuredRun[], nameOf: (run: MeasuredRun) => string): MeasuredRun[][] {
  return [...groupedBy(runs, nameOf).values()].sort((a, b) => sharesOf(b).seconds - sharesOf(a).seconds);
}

/** The mean number of runs in progress in each hour of the day. */
function hoursOf(environment: string, runs: readonly MeasuredRun[], period: Period): number[] {
  const use = new HourlyUse(period, 1);
  for (const { run } of runs.filter((one) => one.environment === environment)) {
    const startedAt = timeOf(run.started_at);
    const finishedAt = Math.min(timeOf(run.finished_at) ?? Infinity, period.to.getTime());
    use.add({ startedAt, finishedAt });
  }
  return use.shares(1);
}
