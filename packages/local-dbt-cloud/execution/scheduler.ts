import { jobsOf, type Job } from "../resources/jobs/jobs";
import { nextRun } from "../resources/jobs/schedule";
import { queuedRuns } from "../resources/runs/groups";
import { cancelQueued } from "../resources/runs/ending";
import { queueRun } from "../resources/runs/runs";
import type { World } from "../world";

/** The time at which a job's schedule fires next. */
interface Fire {
  readonly cron: string;
  readonly time: number;
}

/** The next time at which each schedule fires. */
export class FireTimes {
  private readonly fires = new Map<number, Fire>();

  /** @param from the schedules fire later than this time */
  constructor(
    private readonly world: World,
    from: Date,
  ) {
    for (const job of jobsOf(world).all()) this.plan(job, from);
  }

  /** Plans a job again, if its schedule has changed. */
  changed(job: Job, now: Date): void {
    if (!isScheduled(job) || this.fires.get(job.id)?.cron !== job.schedule.cron) this.plan(job, now);
  }

  /** The earliest time; undefined when no schedule fires. */
  earliest(): Date | undefined {
    const times = [...this.fires.values()].map(({ time }) => time);
    return times.length === 0 ? undefined : new Date(times.reduce((first, time) => Math.min(first, time)));
  }

  /** The jobs that fire not later than `to`, each once. The next time is later than `to`. */
  take(to: Date): Job[] {
    const ids = [...this.fires].filter(([, { time }]) => time <= to.getTime()).map(([id]) => id);
    const due = ids.sort((a, b) => a - b).flatMap((id) => jobsOf(this.world).get(id) ?? []);
    for (const id of ids) this.fires.delete(id);
    for (const job of due) this.plan(job, to);
    return due;
  }

  private plan(job: Job, after: Date): void {
    const next = isScheduled(job) ? nextRun(job.schedule, after) : null;
    if (next) this.fires.set(job.id, { cron: job.schedule.cron, time: next.getTime() });
    else this.fires.delete(job.id);
  }
}

function isScheduled(job: Job): boolean {
  return job.state === 1 && job.triggers.schedule;
}

/** Queues a run of each job whose schedule fired. A new run replaces a queued run of the same schedule. */
export function fireSchedules(world: World, jobs: readonly Job[]): void {
  for (const job of jobs) {
    const waiting = queuedRuns(world).filter(
      (run) => run.job_definition_id === job.id && run.trigger.cause_category === "scheduled",
    );
    for (const run of waiting) cancelQueued(world, run, "Cancelled: a later run of the same schedule was queued");
    queueRun(world, job, { trigger: { cause: "scheduled", cause_category: "scheduled" } });
  }
}

/**
 * Fires schedules as time passes. It does not fire schedules of the time before it started, because a person who starts
 * it in the afternoon does not want the morning's runs.
 *
 * @returns a function that stops it
 */
export function startScheduler(world: World): () => void {
  const { clock } = world;
  const times = new FireTimes(world, clock.now());
  let stopTimer: (() => void) | undefined;
  const wait = (): void => {
    stopTimer?.();
    const earliest = times.earliest();
    stopTimer = earliest && clock.at(earliest, fire);
  };
  const fire = (): void => {
    fireSchedules(world, times.take(clock.now()));
    wait();
  };
  const stopListening = jobsOf(world).onStored((job) => {
    times.changed(job, clock.now());
    wait();
  });
  wait();
  return () => {
    stopListening();
    stopTimer?.();
  };
}
