import { z } from "zod";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import type { Collection, Row } from "../../store/store";
import { timestamp, type Timestamps, type World } from "../../world";
import { environmentsOf } from "../environments/environments";
import type { Job } from "../jobs/jobs";

/** The numbers of the statuses of runs and steps. */
export const STATUS = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** A status in which a run or step ends. */
export type EndStatus = Extract<Status, 10 | 20 | 30>;

/** The cause of a run, and its differences from the job. */
interface Trigger extends TriggerBody {
  readonly cause_category: "api" | "scheduled" | "rerun" | "job completion";
}

/** A run as it is stored. */
export interface Run extends Row, Timestamps {
  readonly account_id: number;
  readonly project_id: number;
  readonly environment_id: number;
  readonly job_definition_id: number;
  readonly trigger: Trigger;
  readonly status: Status;
  readonly status_message: string | null;
  readonly dbt_version: string;
  /** Null before the checkout, and for a folder without git. */
  readonly git_branch: string | null;
  readonly git_sha: string | null;
  /** The commands of the job's steps, without the steps that every run has. */
  readonly commands: readonly string[];
  readonly retrying_run_id: number | null;
  readonly deferring_run_id: number | null;
  readonly has_docs_generated: boolean;
  readonly has_sources_generated: boolean;
  readonly artifacts_saved: boolean;
  readonly should_start_at: string;
  readonly dequeued_at: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** The steps, in their order. */
  readonly step_ids: readonly number[];
}

/** A step of a run as it is stored; its log is a file. */
export interface RunStep extends Row, Timestamps {
  readonly run_id: number;
  readonly account_id: number;
  /** The number of the step, from 1. */
  readonly index: number;
  readonly name: string;
  /** The dbt command; null for a step without one. */
  readonly command: string | null;
  readonly status: Status;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** Whether dbt succeeded without work, because the selection matches no node. */
  readonly selected_nothing: boolean;
  /** The process that executes the step. A later start of this program can end it. */
  readonly process_id: number | null;
}

const textOverride = z
  .string()
  .nullish()
  .transform((text) => text || null);
const numberOverride = z
  .int()
  .min(0)
  .nullish()
  .transform((number) => number ?? null);

/** The body that starts a run. */
export const triggerBody = z.object({
  cause: z.string().min(1),
  git_sha: textOverride,
  git_branch: textOverride,
  schema_override: textOverride,
  dbt_version_override: textOverride,
  target_name_override: textOverride,
  threads_override: numberOverride,
  timeout_seconds_override: numberOverride,
  generate_docs_override: z
    .boolean()
    .nullish()
    .transform((value) => value ?? null),
  steps_override: z
    .array(z.string().min(1))
    .nullish()
    .transform((steps) => (steps && steps.length > 0 ? steps : null)),
  azure_pull_request_id: numberOverride,
  github_pull_request_id: numberOverride,
  gitlab_merge_request_id: numberOverride,
  non_native_pull_request_id: numberOverride,
});

type TriggerBody = z.output<typeof triggerBody>;

/** All runs. The open ones are in progress. */
export function runsOf(world: World): Collection<Run> {
  return world.store.collection<Run>("run", inProgress);
}

/** The steps of all runs. They are many, so only {@link Collection.get} reads them, and they stay on disk. */
export function stepsOf(world: World): Collection<RunStep> {
  return world.store.collection<RunStep>("run-step");
}

/** The steps of a run, in their order. */
export function stepsOfRun(world: World, run: Run): RunStep[] {
  return run.step_ids.map((id) => stepsOf(world).get(id)!);
}

/** The run that a path names. */
export function runIn(world: World, params: unknown): Run {
  const id = idIn(params, "run");
  const run = runsOf(world).get(id);
  if (!run) throw notFound(`run ${id}`);
  return run;
}

/** The step that a path names. */
export function stepIn(world: World, params: unknown): RunStep {
  const id = idIn(params, "step");
  const step = stepsOf(world).get(id);
  if (!step) throw notFound(`step ${id}`);
  return step;
}

/** Whether a run is queued or running. */
export function inProgress({ status }: Pick<Run, "status">): boolean {
  return status < STATUS.success;
}

/** The parts of a new run, besides its job. */
export interface NewRun {
  readonly trigger: Partial<Trigger> & Pick<Trigger, "cause" | "cause_category">;
  /** The failed run, and its remaining commands. */
  readonly retry?: { readonly run: Run; readonly commands: readonly string[] };
}

/** Adds a run of a job to the queue, and notifies the queue. */
export function queueRun(world: World, job: Job, run: NewRun): Run {
  const queued = addRun(world, job, run);
  world.signals.emit("queued");
  return queued;
}

/** Adds a run of a job to the queue as part of a larger write. The caller notifies the queue. */
export function addRun(world: World, job: Job, { trigger, retry }: NewRun): Run {
  const now = timestamp(world.clock.now());
  const full: Trigger = { ...triggerBody.parse({ cause: trigger.cause }), ...trigger };
  return runsOf(world).insert({
    account_id: world.accountId,
    project_id: job.project_id,
    environment_id: job.environment_id,
    job_definition_id: job.id,
    trigger: full,
    status: STATUS.queued,
    status_message: null,
    dbt_version:
      full.dbt_version_override ?? job.dbt_version ?? environmentsOf(world).get(job.environment_id)!.dbt_version,
    git_branch: full.git_branch,
    git_sha: full.git_sha,
    commands: retry?.commands ?? full.steps_override ?? job.execute_steps,
    retrying_run_id: retry?.run.id ?? null,
    deferring_run_id: null,
    has_docs_generated: false,
    has_sources_generated: false,
    artifacts_saved: false,
    should_start_at: now,
    dequeued_at: null,
    started_at: null,
    finished_at: null,
    step_ids: [],
    created_at: now,
    updated_at: now,
  });
}
