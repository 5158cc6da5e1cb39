import type { World } from "../../world";
import { inProgress, runsOf, type Run } from "./runs";

/** The runs of a job by ascending id. */
export const runsOfJob = grouped((run) => run.job_definition_id);

/** The queued and running runs of an environment, by ascending id. */
export const runsInProgress = grouped((run) => run.environment_id, inProgress);

/** The newest matching run of a job. */
export function newestRun(world: World, jobId: number, matches: (run: Run) => boolean = () => true): Run | undefined {
  return runsOfJob(world, jobId).findLast(matches);
}

/**
 * Groups runs by a number. A list needs a group for each of its rows, so all runs are grouped once, and again after a
 * write.
 */
function grouped(
  keyOf: (run: Run) => number,
  matches: (run: Run) => boolean = () => true,
): (world: World, key: number) => readonly Run[] {
  const remembered = new WeakMap<readonly Run[], ReadonlyMap<number, readonly Run[]>>();
  return (world, key) => {
    const runs = runsOf(world).all();
    const groups = remembered.get(runs) ?? group(runs.filter(matches), keyOf);
    remembered.set(runs, groups);
    return groups.get(key) ?? [];
  };
}

function group(runs: readonly Run[], keyOf: (run: Run) => number): ReadonlyMap<number, readonly Run[]> {
  const groups = new Map<number, Run[]>();
  for (const run of runs) {
    const known = groups.get(keyOf(run));
    if (known) known.push(run);
    else groups.set(keyOf(run), [run]);
  }
  return groups;
}
