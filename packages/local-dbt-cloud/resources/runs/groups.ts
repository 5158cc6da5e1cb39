import type { World } from "../../world";
import { inProgress, runsOf, STATUS, type Run } from "./runs";

const jobOf = (run: Run): number => run.job_definition_id;
const environmentOf = (run: Run): number => run.environment_id;
const environmentInProgress = (run: Run): number | undefined => (inProgress(run) ? run.environment_id : undefined);
const QUEUED = 0;
const queued = (run: Run): number | undefined => (run.status === STATUS.queued ? QUEUED : undefined);

/** The runs of a job by ascending id. */
export function runsOfJob(world: World, jobId: number): readonly Run[] {
  return runsOf(world).withKey(jobOf, jobId);
}

/** The runs of an environment by ascending id. */
export function runsOfEnvironment(world: World, environmentId: number): readonly Run[] {
  return runsOf(world).withKey(environmentOf, environmentId);
}

/** The queued and running runs of an environment, by ascending id. */
export function runsInProgress(world: World, environmentId: number): readonly Run[] {
  return runsOf(world).withKey(environmentInProgress, environmentId);
}

/** All queued runs, by ascending id. */
export function queuedRuns(world: World): readonly Run[] {
  return runsOf(world).withKey(queued, QUEUED);
}

/** The newest matching run of a job. */
export function newestRun(world: World, jobId: number, matches: (run: Run) => boolean = () => true): Run | undefined {
  return runsOfJob(world, jobId).findLast(matches);
}
