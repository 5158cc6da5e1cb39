import type { SimulatedRun } from "./timeline";

/** Why a run on a critical path started when it did. */
type Start = "schedule" | "run_after" | "queue";

/** A run on a critical path. */
export interface PathStep {
  readonly key: string;
  readonly start: Start;
}

/**
 * The runs that decide when a run ends, the oldest first. A run that waited in the queue follows the run that freed its slot, and a
 * run of `run_after` follows the run that started it. A run that its schedule started at once begins the path.
 */
export function criticalPath(run: SimulatedRun): PathStep[] {
  const steps: PathStep[] = [];
  for (let current: SimulatedRun | undefined = run; current;) {
    const before: SimulatedRun | undefined = current.waitedFor ?? current.triggeredBy;
    const start: Start = current.waitedFor ? "queue" : before ? "run_after" : "schedule";
    steps.unshift({ key: current.job.key, start });
    current = before;
  }
  return steps;
}
