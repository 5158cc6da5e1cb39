import { timestamp, type World } from "../../world";
import { jobsOf, type Job } from "../jobs/jobs";
import { addRun, inProgress, runsOf, STATUS, type EndStatus, type Run } from "./runs";

/** The fields of a run that change when it ends. */
export interface RunEnd extends Partial<Omit<Run, "id" | "status">> {
  readonly status: EndStatus;
}

/**
 * Ends a run, and queues the jobs that start after this end. Both are one write, so the end of a run is never on disk
 * without the runs that it triggers.
 */
export function endRun(world: World, run: Run, end: RunEnd): Run {
  const now = timestamp(world.clock.now());
  const ended = world.store.atomically(() => {
    for (const job of successorsOf(world, run, end.status)) {
      const cause = `Triggered by the end of run ${run.id} of job ${run.job_definition_id}`;
      addRun(world, job, { trigger: { cause, cause_category: "job completion" } });
    }
    return runsOf(world).put({ ...run, finished_at: now, updated_at: now, ...end });
  });
  world.signals.emit("ended", run.id, end.status);
  return ended;
}

/** Cancels a queued run. */
export function cancelQueued(world: World, run: Run, message: string): Run {
  const cancelled = endRun(world, run, { status: STATUS.cancelled, status_message: message });
  world.signals.emit("queued");
  return cancelled;
}

/** Cancels a run that is queued or in progress. A run that has ended does not change. */
export function cancelRun(world: World, run: Run): Run {
  if (run.status === STATUS.queued) return cancelQueued(world, run, "Cancelled while it was queued");
  if (inProgress(run)) world.signals.emit("cancelled", run.id);
  return runsOf(world).get(run.id)!;
}

function successorsOf(world: World, run: Run, status: EndStatus): Job[] {
  return jobsOf(world)
    .all()
    .filter((job) => {
      const condition = job.job_completion_trigger_condition?.condition;
      const waits = condition?.job_id === run.job_definition_id && condition.statuses.includes(status);
      return job.state === 1 && waits;
    });
}
