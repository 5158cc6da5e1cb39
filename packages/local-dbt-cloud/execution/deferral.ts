import { existsSync } from "node:fs";
import { join } from "node:path";
import { runFolder } from "../resources/runs/files";
import { runsOfEnvironment, runsOfJob } from "../resources/runs/groups";
import { STATUS, type Run } from "../resources/runs/runs";
import type { Job } from "../resources/jobs/jobs";
import type { World } from "../world";

/** The run whose tables replace those that a job has not built. */
export interface Deferral {
  readonly run: Run;
  readonly manifest: string;
}

/** The newest successful run of the job or environment that a job defers to; undefined when there is none. */
export function deferralOf(world: World, runs: string, job: Job): Deferral | undefined {
  if (!defers(job)) return undefined;
  const { deferring_job_definition_id: jobId, deferring_environment_id: environmentId } = job;
  const candidates = jobId === null ? runsOfEnvironment(world, environmentId!) : runsOfJob(world, jobId);
  for (const run of [...candidates].reverse()) {
    if (run.status !== STATUS.success) continue;
    const manifest = newestManifest(runs, run);
    if (manifest !== undefined) return { run, manifest };
  }
  return undefined;
}

/** Whether a job defers to anything. */
export function defers(job: Job): boolean {
  return job.deferring_job_definition_id !== null || job.deferring_environment_id !== null;
}

function newestManifest(runs: string, run: Run): string | undefined {
  const folder = runFolder(runs, run.id);
  return run.step_ids
    .map((_id, i) => join(folder.artifacts(i + 1), "manifest.json"))
    .findLast((file) => existsSync(file));
}
