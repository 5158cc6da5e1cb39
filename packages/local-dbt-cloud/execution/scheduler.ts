import { jobsOf, type Job } from "../resources/jobs/jobs";
import { nextRun } from "../resources/jobs/schedule";
import { runsOfJob } from "../resources/runs/groups";
import { cancelQueued } from "../resources/runs/ending";
import { queueRun, STATUS } from "../resources/runs/runs";
import type { World } from "../world";

/** The longest wait in milliseconds, because a laptop can sleep and a job can change. */
const LONGEST_WAIT = 30_000;

/** The jobs with a schedule that fires after `from` and not after `to`, each once. */
export function dueJobs(world: World, from: Date, to: Date): Job[] {
  return jobsOf(world)
    .all()
    .filter((job) => {
      if (job.state !== 1 || !job.triggers.schedule) return false;
      const next = nextRun(job.schedule, from);
      return next !== null && next <= to;
    });
}

/** Queues the runs of schedules that fired. A new run replaces a queued run of the same schedule. */
export function fireSchedules(world: World, from: Date, to: Date): void {
  for (const job of dueJobs(world, from, to)) {
    const waiting = runsOfJob(world, job.id).filter(
      (run) => run.status === STATUS.queued && run.trigger.cause_category === "scheduled",
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
  let from = world.now();
  let timer: NodeJS.Timeout;
  const tick = (): void => {
    const to = world.now();
    fireSchedules(world, from, to);
    from = to;
    timer = setTimeout(tick, waitFrom(world, to));
  };
  timer = setTimeout(tick, waitFrom(world, from));
  return () => {
    clearTimeout(timer);
  };
}

function waitFrom(world: World, now: Date): number {
  const waits = jobsOf(world)
    .all()
    .filter((job) => job.state === 1 && job.triggers.schedule)
    .map((job) => (nextRun(job.schedule, now)?.getTime() ?? Infinity) - now.getTime());
  return Math.min(LONGEST_WAIT, ...waits);
}
