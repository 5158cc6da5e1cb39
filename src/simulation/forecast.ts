import { deadlines, meets, type Deadline } from "../jobs/deadlines";
import { WEEKDAYS } from "../jobs/schedule";
import { criticalPath, type PathStep } from "./critical-path";
import {
  firesOf,
  jobsOf,
  type Period,
  type SimulatedDefinition,
  type SimulatedEnvironment,
  type SimulatedJob,
} from "./environment";
import { drawFrom, type Experience } from "./past-runs";
import { HourlyUse } from "./slot-use";
import { simulateRuns, type SimulatedRun } from "./timeline";

/** What a simulation tells about a job. All counts are means of the trials. */
export interface JobForecast {
  readonly environment: string;
  readonly key: string;
  /** The runs that started in the period. */
  readonly runs: number;
  /** The runs that failed or were canceled by their timeout. */
  readonly failed: number;
  /** 95 of 100 runs waited in the queue for this number of seconds at most. */
  readonly waitP95: number;
  /** Absent when the job has no `sla`, or its `sla` has no deadline in the period. */
  readonly sla?: SlaForecast;
}

/** What a simulation tells about the deadlines of a job. */
export interface SlaForecast {
  /** `08:30 Europe/Berlin` */
  readonly finishBy: string;
  /** Whether the deadlines are those of Monday to Friday. */
  readonly isOnWorkingDays: boolean;
  readonly days: readonly DayForecast[];
  /** The number of deadlines that the job misses in a trial, as the mean of the trials. */
  readonly missed: number;
  /** The way to the end of the day's last run before the deadline that is most frequent; absent when no run started. */
  readonly path?: { readonly steps: readonly PathStep[]; readonly share: number };
}

/** A deadline, and the share of the trials that miss it, from 0 to 1. */
interface DayForecast {
  readonly at: Date;
  readonly missed: number;
}

/** The result of a simulation. */
export interface Forecast {
  readonly jobs: readonly JobForecast[];
  /** The use of each environment's slots by hour of the day in UTC, from 0 to 1. */
  readonly slotUse: readonly { readonly environment: string; readonly hours: readonly number[] }[];
}

/** The size of a simulation. */
export interface Trials {
  readonly period: Period;
  readonly trials: number;
  /** The same seed gives the same forecast. */
  readonly seed: number;
}

/**
 * Simulates the runs of environments many times, and counts the deadlines that are missed. Whether a deadline is met follows the rule
 * of `sla`: `meets` of src/jobs/deadlines.ts.
 */
export function forecast(
  environments: readonly SimulatedEnvironment[],
  experience: Experience,
  { period, trials, seed }: Trials,
): Forecast {
  const jobs = jobsOf(environments);
  const fires = firesOf(jobs, period);
  const tallies = new Map(jobs.map((job) => [job, new Tally(job, period)]));
  const use = new Map(environments.map((environment) => [environment, new HourlyUse(period, environment.slots)]));
  const draw = drawFrom(experience, seed);
  for (let trial = 1; trial <= trials; trial++) {
    const runs = simulateRuns(jobs, fires, draw(trial), period.to.getTime() - 1);
    for (const run of runs) {
      tallies.get(run.job)!.add(run);
      use.get(run.job.environment)!.add(run);
    }
    for (const tally of tallies.values()) tally.endTrial();
  }
  return {
    jobs: jobs.map((job) => tallies.get(job)!.forecast(trials)),
    slotUse: environments.map((environment) => ({
      environment: environment.name,
      hours: use.get(environment)!.shares(trials),
    })),
  };
}

type Sla = NonNullable<SimulatedDefinition["sla"]>;

/** Monday to Friday. */
const WORKING_DAYS = WEEKDAYS.slice(1, 6);

/** Counts what the runs of a job do in all trials. */
class Tally {
  private readonly days: readonly { readonly deadline: Deadline; missed: number }[];
  private readonly waits: number[] = [];
  private readonly paths = new Map<string, { readonly steps: readonly PathStep[]; count: number }>();
  private runs: SimulatedRun[] = [];
  private count = 0;
  private failed = 0;

  constructor(
    private readonly job: SimulatedJob,
    { from, to }: Period,
  ) {
    const { environment, key } = job;
    this.days = deadlines(key, environment.jobs, environment.timezone, from, to)
      .filter(({ startsAt, at }) => startsAt >= from && at < to)
      .map((deadline) => ({ deadline, missed: 0 }));
  }

  add(run: SimulatedRun): void {
    this.runs.push(run);
    if (run.startedAt === undefined) return;
    this.count++;
    if (run.ending === "error" || run.ending === "canceled") this.failed++;
    this.waits.push((run.startedAt - run.createdAt) / 1000);
  }

  endTrial(): void {
    for (const day of this.days) {
      const { deadline } = day;
      if (!this.runs.some((run) => meets(deadline, attemptOf(run)))) day.missed++;
      const last = this.runs.findLast(
        ({ createdAt }) => createdAt >= deadline.dayStart.getTime() && createdAt <= deadline.at.getTime(),
      );
      if (last) this.addPath(criticalPath(last));
    }
    this.runs = [];
  }

  private addPath(steps: readonly PathStep[]): void {
    const name = steps.map(({ key, start }) => `${start} ${key}`).join("\n");
    const known = this.paths.get(name);
    if (known) known.count++;
    else this.paths.set(name, { steps, count: 1 });
  }

  forecast(trials: number): JobForecast {
    const { environment, key, definition } = this.job;
    const { sla } = definition;
    return {
      environment: environment.name,
      key,
      runs: this.count / trials,
      failed: this.failed / trials,
      waitP95: percentile(this.waits, 95),
      ...(sla && this.days.length > 0 ? { sla: this.slaForecast(sla, trials) } : {}),
    };
  }

  private slaForecast({ finish_by, timezone, days }: Sla, trials: number): SlaForecast {
    const paths = [...this.paths.values()];
    const total = paths.reduce((sum, { count }) => sum + count, 0);
    const [first] = paths.sort((a, b) => b.count - a.count);
    return {
      finishBy: `${finish_by} ${timezone ?? this.job.environment.timezone}`,
      isOnWorkingDays: days?.length === WORKING_DAYS.length && WORKING_DAYS.every((day) => days.includes(day)),
      days: this.days.map(({ deadline, missed }) => ({ at: deadline.at, missed: missed / trials })),
      missed: this.days.reduce((sum, { missed }) => sum + missed, 0) / trials,
      ...(first ? { path: { steps: first.steps, share: first.count / total } } : {}),
    };
  }
}

function attemptOf({ createdAt, finishedAt = Infinity, ending }: SimulatedRun): Parameters<typeof meets>[1] {
  return { createdAt, finishedAt, isSuccess: ending === "success" };
}

/** The nearest-rank percentile; 0 without values. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
