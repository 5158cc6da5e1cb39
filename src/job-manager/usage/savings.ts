import type { JobDefinition } from "../../jobs/definition";
import { groupedBy } from "../../jobs/grouped";
import type { SimulatedEnvironment } from "../../simulation/environment";
import type { MeasuredRun } from "./measured-run";
import { expectationOf, meanOf, plannedRuns, type Expectation, type PerRun } from "./month-forecast";

/** An environment with what its jobs run. */
export interface PlannedEnvironment extends SimulatedEnvironment {
  readonly jobs: Readonly<Record<string, JobDefinition>>;
}

/** What a change to an env file does to a job, in a period. */
export interface Saving {
  readonly environment: string;
  readonly key: string;
  /** Absent for a job that the change adds. */
  readonly before?: PeriodUse;
  /** Absent for a job that the change removes. */
  readonly after?: PeriodUse;
  /** Whether the change makes the job build only modified models. */
  readonly isByState: boolean;
}

/** The use of a job in a period. */
export interface PeriodUse {
  readonly runs: number;
  readonly models: number;
  /** Seconds of the warehouse. */
  readonly seconds: number;
}

/** The period that a change is measured with. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The jobs whose use a change alters, the largest saving first. A job keeps the mean of its past runs, unless the change makes it
 * select `state:modified`. Then a run of the same commit as the run before it builds nothing, and every other run what it builds
 * today, which is the most that it can build.
 */
export function savingsOf(
  before: readonly PlannedEnvironment[],
  after: readonly PlannedEnvironment[],
  runs: readonly MeasuredRun[],
  span: Span,
): Saving[] {
  const today = expectationOf(runs);
  const [countBefore, countAfter] = [countsIn(before, span), countsIn(after, span)];
  const jobs = new Map(
    [...before, ...after].flatMap(({ name, jobs: own }) =>
      Object.keys(own).map((key) => [`${name} ${key}`, { name, key }]),
    ),
  );
  const find = (all: readonly PlannedEnvironment[], name: string, key: string): JobDefinition | undefined =>
    all.find((one) => one.name === name)?.jobs[key];
  return [...jobs.values()]
    .map(({ name, key }) => {
      const [old, changed] = [find(before, name, key), find(after, name, key)];
      const isByState = changed !== undefined && selectsState(changed) && !(old && selectsState(old));
      const expected: Expectation = isByState ? () => byState(runs, name, key) : today;
      return {
        environment: name,
        key,
        ...(old ? { before: useOf(countBefore(name, key), today(name, key)) } : {}),
        ...(changed ? { after: useOf(countAfter(name, key), expected(name, key)) } : {}),
        isByState,
      };
    })
    .filter((saving) => saving.isByState || savedModels(saving) !== 0 || saving.before?.runs !== saving.after?.runs)
    .sort((a, b) => savedModels(b) - savedModels(a));
}

/** The models that a change saves; negative when it builds more. */
export function savedModels({ before, after }: Saving): number {
  return (before?.models ?? 0) - (after?.models ?? 0);
}

/** How many runs of a job start in a period without a person. */
function countsIn(
  environments: readonly PlannedEnvironment[],
  { from, to }: Span,
): (name: string, key: string) => number {
  const runs = groupedBy(plannedRuns(environments, from, to), ({ environment, key }) => `${environment} ${key}`);
  return (name, key) => runs.get(`${name} ${key}`)?.length ?? 0;
}

function useOf(count: number, { models, seconds }: PerRun = { models: 0, seconds: 0 }): PeriodUse {
  return { runs: count, models: count * models, seconds: count * seconds };
}

function selectsState({ execute_steps }: JobDefinition): boolean {
  return execute_steps.some((step) => /\bstate:modified\b/.test(step));
}

/** The mean of a job's runs, if a run of the same commit as the run before it had built nothing. */
function byState(runs: readonly MeasuredRun[], environment: string, key: string): PerRun | undefined {
  const own = runs
    .filter((run) => run.environment === environment && run.key === key)
    .sort((a, b) => a.run.id - b.run.id);
  if (own.length === 0) return undefined;
  const isRepeat = (i: number): boolean => {
    const commit = own[i]!.run.git_sha ?? "";
    return i > 0 && commit !== "" && own[i - 1]!.run.git_sha === commit;
  };
  return meanOf(own.map((run, i) => (isRepeat(i) ? { models: 0, seconds: 0 } : run)));
}
