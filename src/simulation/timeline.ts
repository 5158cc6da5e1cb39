import type { RunEnding } from "../jobs/run-status";
import type { Fire, SimulatedEnvironment, SimulatedJob } from "./environment";

/** How long a run would take without its job's timeout, and whether it succeeds. */
export interface Outcome {
  readonly seconds: number;
  readonly isSuccess: boolean;
}

/**
 * The outcome of a run that starts.
 *
 * @param occurrence the number of the run among the runs of its job, from 0
 */
export type Draw = (run: SimulatedRun, occurrence: number) => Outcome;

/** A simulated run. Times are milliseconds since the epoch. */
export interface SimulatedRun {
  /** The number of the run, from 1, in the order in which runs are queued. */
  readonly id: number;
  readonly job: SimulatedJob;
  readonly createdAt: number;
  /** The run whose end started this run; absent for a run that a schedule started. */
  readonly triggeredBy?: SimulatedRun;
  /** Absent while the run waits in the queue, and for a run that never left it. */
  startedAt?: number;
  /** The run for whose end this run waited in the queue. */
  waitedFor?: SimulatedRun;
  finishedAt?: number;
  ending?: RunEnding;
}

/** A moment at which something happens. Events of the same time happen by ascending order. */
interface Moment {
  readonly at: number;
  readonly order: number;
}

interface RunEnd extends Moment {
  readonly run: SimulatedRun;
  readonly ending: RunEnding;
}

const MILLISECONDS = 1000;

/**
 * The runs of a period, by ascending id. The rules are those of the local dbt Cloud: a schedule queues a run and cancels an
 * earlier run of the schedule that still waits; runs leave the queue in the order of their ids as long as their environment has a
 * free slot; a job has one run at a time; a timeout cancels a run; the end of a run queues the jobs that run after it.
 *
 * @param jobs all jobs, in the order of their ids in dbt Cloud
 * @param fires the times at which schedules start jobs, the oldest first
 * @param until runs that have not ended by then, in milliseconds since the epoch, stay unfinished
 */
export function simulateRuns(
  jobs: readonly SimulatedJob[],
  fires: readonly Fire[],
  draw: Draw,
  until: number,
): SimulatedRun[] {
  return new Timeline(jobs, fires, draw).upTo(until);
}

class Timeline {
  private readonly runs: SimulatedRun[] = [];
  private queued: SimulatedRun[] = [];
  private ends: RunEnd[] = [];
  private readonly busySlots = new Map<SimulatedEnvironment, number>();
  private readonly busyJobs = new Set<SimulatedJob>();
  private readonly occurrences = new Map<SimulatedJob, number>();
  private readonly successors: ReadonlyMap<SimulatedJob, readonly SimulatedJob[]>;
  private order = 0;
  private fired = 0;
  private fireOrder = 0;

  constructor(
    jobs: readonly SimulatedJob[],
    private readonly fires: readonly Fire[],
    private readonly draw: Draw,
  ) {
    this.successors = new Map(jobs.map((job) => [job, jobs.filter((other) => follows(other, job))]));
  }

  upTo(until: number): SimulatedRun[] {
    for (;;) {
      const end = this.ends.reduce<RunEnd | undefined>(
        (first, one) => (!first || isBefore(one, first) ? one : first),
        undefined,
      );
      const fire = this.fires[this.fired];
      const isFire = fire !== undefined && (!end || isBefore({ at: fire.at, order: this.fireOrder }, end));
      if ((isFire ? fire.at : (end?.at ?? Infinity)) > until) return this.runs;
      if (isFire) this.fire(fire);
      else if (end) this.end(end);
    }
  }

  private fire({ at, jobs }: Fire): void {
    const ends: Omit<RunEnd, "order">[] = [];
    for (const job of jobs) {
      const waiting = this.queued.filter((run) => run.job === job && !run.triggeredBy);
      for (const run of waiting) {
        this.queued = this.queued.filter((other) => other !== run);
        this.finish(run, at, "canceled");
        ends.push(...this.wake(at, run));
      }
      this.queue(job, at);
      ends.push(...this.wake(at));
    }
    this.fired++;
    // The local dbt Cloud waits for the next schedule before the steps of the started runs begin.
    this.fireOrder = ++this.order;
    this.plan(ends);
  }

  private end({ at, run, ending, order }: RunEnd): void {
    this.ends = this.ends.filter((other) => other.order !== order);
    this.busyJobs.delete(run.job);
    this.busySlots.set(run.job.environment, this.busy(run.job.environment) - 1);
    this.finish(run, at, ending);
    this.plan(this.wake(at, run));
  }

  private finish(run: SimulatedRun, at: number, ending: RunEnding): void {
    run.finishedAt = at;
    run.ending = ending;
    for (const job of this.successors.get(run.job) ?? []) {
      if (job.definition.run_after?.on.includes(ending)) this.queue(job, at, run);
    }
  }

  private queue(job: SimulatedJob, createdAt: number, triggeredBy?: SimulatedRun): void {
    const run = { id: this.runs.length + 1, job, createdAt, triggeredBy };
    this.runs.push(run);
    this.queued.push(run);
  }

  /**
   * Starts the queued runs that may start now. A run that waits for its own job takes no slot.
   *
   * @returns the ends of the started runs, for {@link plan}
   */
  private wake(at: number, ended?: SimulatedRun): Omit<RunEnd, "order">[] {
    const started: SimulatedRun[] = [];
    for (const run of this.queued) {
      const { environment } = run.job;
      if (this.busyJobs.has(run.job) || this.busy(environment) >= environment.slots) continue;
      this.busyJobs.add(run.job);
      this.busySlots.set(environment, this.busy(environment) + 1);
      run.startedAt = at;
      if (at > run.createdAt) run.waitedFor = ended;
      started.push(run);
    }
    if (started.length > 0) this.queued = this.queued.filter((run) => run.startedAt === undefined);
    // A timeout counts from the start of a run, before its first step.
    const ends = started.map((run) => this.endOf(run, at));
    this.plan(ends.filter(({ ending }) => ending === "canceled"));
    return ends.filter(({ ending }) => ending !== "canceled");
  }

  private endOf(run: SimulatedRun, startedAt: number): Omit<RunEnd, "order"> {
    const occurrence = this.occurrences.get(run.job) ?? 0;
    this.occurrences.set(run.job, occurrence + 1);
    const { seconds, isSuccess } = this.draw(run, occurrence);
    const { timeout_seconds: timeout } = run.job.definition;
    const isTooLong = timeout > 0 && seconds >= timeout;
    const at = Math.trunc(startedAt + (isTooLong ? timeout : seconds) * MILLISECONDS);
    return { at, run, ending: isTooLong ? "canceled" : isSuccess ? "success" : "error" };
  }

  private plan(ends: readonly Omit<RunEnd, "order">[]): void {
    for (const end of ends) this.ends.push({ ...end, order: ++this.order });
  }

  private busy(environment: SimulatedEnvironment): number {
    return this.busySlots.get(environment) ?? 0;
  }
}

function follows({ environment, definition }: SimulatedJob, job: SimulatedJob): boolean {
  return environment === job.environment && definition.run_after?.job === job.key;
}

function isBefore(a: Moment, b: Moment): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
