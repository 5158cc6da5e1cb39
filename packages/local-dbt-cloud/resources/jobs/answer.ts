import { RowAnswer } from "../../http/json";
import { timestamp, type World } from "../../world";
import { environmentAnswer } from "../environments/answer";
import { environmentsOf } from "../environments/environments";
import { runAnswer } from "../runs/answer";
import { wordyDuration } from "../runs/durations";
import { newestRun } from "../runs/groups";
import { inProgress, type Run } from "../runs/runs";
import type { Job } from "./jobs";
import { nextRun } from "./schedule";

/** A job as it is answered: with its next run, and with the related objects that a request asks for. */
export function jobAnswer(world: World, job: Job, related: readonly string[] = []): RowAnswer<Job> {
  // A list has many jobs, so the environment is read only for a request that wants it.
  const environment = related.includes("environment") && environmentsOf(world).get(job.environment_id);
  const next = job.triggers.schedule ? nextRun(job.schedule, world.clock.now()) : null;
  return new RowAnswer(job, fixedFields, {
    next_run: next && timestamp(next),
    next_run_humanized: next && wordyDuration(Math.floor((next.getTime() - world.clock.now().getTime()) / 1000)),
    environment: environment ? environmentAnswer(environment, world) : null,
    ...newestRuns(world, job, related),
  });
}

function fixedFields(job: Job): object {
  return {
    ...job,
    raw_dbt_version: job.dbt_version,
    is_deferrable: true,
    is_system: false,
    deactivated: false,
    run_failure_count: 0,
    lifecycle_webhooks_url: null,
    cron_humanized: null,
    fusion_readiness: null,
    account: null,
    project: null,
  };
}

function newestRuns(world: World, job: Job, related: readonly string[]): Record<string, unknown> {
  const newest = (name: string, matches: (run: Run) => boolean): object | null => {
    const run = related.includes(name) ? newestRun(world, job.id, matches) : undefined;
    return run ? runAnswer(world, run) : null;
  };
  return {
    most_recent_run: newest("most_recent_run", () => true),
    most_recent_completed_run: newest("most_recent_completed_run", (run) => !inProgress(run)),
  };
}
