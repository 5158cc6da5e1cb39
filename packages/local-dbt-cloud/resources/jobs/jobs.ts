import { z } from "zod";
import { merged, parseBody } from "../../http/body";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import type { Collection } from "../../store/store";
import { active, type Stateful, type Timestamps, type World } from "../../world";
import { scheduleBody, scheduleOf, type Schedule } from "./schedule";

const JOB_TYPES = ["ci", "scheduled", "other", "merge", "exposure_sync", "adaptive", "hybrid"] as const;

type JobType = (typeof JOB_TYPES)[number];

/** Ends of a run that can start another job: success, error, cancelled. */
const RUN_ENDS = [10, 20, 30];

interface Triggers {
  readonly github_webhook: boolean;
  readonly git_provider_webhook: boolean;
  readonly schedule: boolean;
  readonly on_merge: boolean;
}

/** Starts a job when another one has ended in one of these ways. */
interface CompletionTrigger {
  readonly condition: {
    readonly job_id: number;
    readonly project_id: number;
    readonly statuses: readonly number[];
  };
}

/** A job as it is stored. */
export interface Job extends Stateful, Timestamps {
  readonly account_id: number;
  readonly project_id: number;
  readonly environment_id: number;
  readonly name: string;
  readonly description: string;
  readonly dbt_version: string | null;
  readonly execute_steps: readonly string[];
  readonly settings: { readonly threads: number; readonly target_name: string };
  readonly execution: { readonly timeout_seconds: number };
  readonly generate_docs: boolean;
  readonly run_generate_sources: boolean;
  readonly generate_sources: boolean;
  readonly run_lint: boolean;
  readonly errors_on_lint_failure: boolean;
  readonly run_compare_changes: boolean;
  readonly compare_changes_flags: string;
  readonly triggers_on_draft_pr: boolean;
  readonly lifecycle_webhooks: boolean;
  readonly job_type: JobType;
  readonly triggers: Triggers;
  readonly schedule: Schedule;
  readonly job_completion_trigger_condition: CompletionTrigger | null;
  readonly deferring_job_definition_id: number | null;
  readonly deferring_environment_id: number | null;
  readonly cost_optimization_features: readonly string[];
  readonly force_node_selection: boolean;
}

const boolean = z.boolean().nullish().transform(Boolean);
const reference = z
  .int()
  .nullish()
  .transform((id) => id || null);

/** The body of a create. An update is merged with the stored job first, because clients omit fields that they do not know. */
export const jobBody = z.object({
  name: z.string().trim().min(1),
  project_id: z.int(),
  environment_id: z.int(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  dbt_version: z
    .string()
    .nullish()
    .transform((version) => version || null),
  execute_steps: z.array(z.string().min(1)).min(1).default(["dbt build"]),
  settings: z.object({ threads: z.int().min(1).default(1), target_name: z.string().default("default") }).prefault({}),
  execution: z.object({ timeout_seconds: z.int().min(0).default(0) }).prefault({}),
  generate_docs: boolean,
  run_generate_sources: boolean,
  generate_sources: boolean,
  run_lint: boolean,
  errors_on_lint_failure: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  run_compare_changes: boolean,
  compare_changes_flags: z
    .string()
    .nullish()
    .transform((flags) => flags ?? "--select state:modified"),
  triggers_on_draft_pr: boolean,
  lifecycle_webhooks: boolean,
  job_type: z.enum(JOB_TYPES).nullish(),
  triggers: z
    .strictObject({
      github_webhook: boolean,
      git_provider_webhook: boolean,
      schedule: boolean,
      on_merge: boolean,
    })
    .prefault({}),
  schedule: scheduleBody.prefault({}).transform(scheduleOf),
  job_completion_trigger_condition: z
    .object({
      condition: z.object({
        job_id: z.int(),
        project_id: z.int(),
        statuses: z.array(z.int().refine((status) => RUN_ENDS.includes(status), "must be 10, 20 or 30")).min(1),
      }),
    })
    .nullish()
    .transform((trigger) => trigger ?? null),
  deferring_job_definition_id: reference,
  deferring_environment_id: reference,
  cost_optimization_features: z
    .array(z.enum(["state_aware_orchestration", "efficient_testing", "dbt_state"]))
    .nullish(),
  force_node_selection: z.boolean().nullish(),
  state: z.literal([1, 2]).default(1),
});

export type JobBody = z.output<typeof jobBody>;

export function jobsOf(world: World): Collection<Job> {
  return world.store.collection<Job>("job");
}

/** The job that a path names, unless it was deleted. */
export function jobIn(world: World, params: unknown): Job {
  const id = idIn(params, "job");
  const job = active(jobsOf(world), id);
  if (!job) throw notFound(`job ${id}`);
  return job;
}

/** The job that a path names, also when it was deleted. */
export function storedJobIn(world: World, params: unknown): Job {
  const id = idIn(params, "job");
  const job = jobsOf(world).get(id);
  if (!job) throw notFound(`job ${id}`);
  return job;
}

/** Whether a job of this type is run for a pull request or a merge. */
export function isRunByGit(type: JobType): boolean {
  return type === "ci" || type === "merge";
}

/** Whether a job of this type can have a cost optimization feature. dbt Cloud refuses the other combinations. */
export function canHaveFeature(type: JobType, feature: string): boolean {
  // The Terraform provider 1.12.5 sends `dbt_state` with CI jobs, and expects dbt Cloud to keep it.
  return !isRunByGit(type) || (type === "ci" && feature === "dbt_state");
}

/** A job that git starts is `ci` or `merge`. The schedule trigger, not the body, decides between `scheduled` and `other`. */
export function jobTypeOf({ triggers, job_type }: Pick<JobBody, "triggers" | "job_type">): JobType {
  if (job_type && job_type !== "scheduled" && job_type !== "other") return job_type;
  if (triggers.github_webhook || triggers.git_provider_webhook) return "ci";
  if (triggers.on_merge) return "merge";
  return triggers.schedule ? "scheduled" : "other";
}

/**
 * The body of a stored job after an update. New triggers decide the job's type again, unless the body names a type.
 * When the new type cannot have some cost optimization features and the body does not name any, they are removed: a
 * client is only responsible for the fields that it sends.
 */
export function changedJob(before: Job, body: unknown): JobBody {
  const changes = merged({}, body);
  // `force_node_selection` follows from the features, so the stored value must not count.
  const { force_node_selection: _derived, ...stored } = before;
  const job = parseBody(jobBody, { ...stored, ...("triggers" in changes && { job_type: null }), ...changes });
  if ("cost_optimization_features" in changes) return job;
  const features = job.cost_optimization_features?.filter((feature) => canHaveFeature(jobTypeOf(job), feature));
  return { ...job, cost_optimization_features: features };
}

/** Release tracks without a number. They follow new versions of dbt, so they can have state-aware orchestration. */
const NEWEST_TRACK = /^(latest|versionless)$|fusion/;

/**
 * A job without the cost optimization features that its dbt version cannot have. dbt Cloud does not refuse such a job: the
 * comments of the Terraform provider's acceptance tests say that it rewrites the features of a job whose version has no
 * state-aware orchestration. `dbt_state` does not depend on the version.
 *
 * @param environmentVersion the environment's version, which a job without a version uses
 */
export function withPossibleFeatures(body: JobBody, environmentVersion: string): JobBody {
  if (NEWEST_TRACK.test(body.dbt_version ?? environmentVersion)) return body;
  const features = body.cost_optimization_features?.filter((feature) => feature === "dbt_state");
  return { ...body, cost_optimization_features: features };
}

/** The stored fields of a body. */
export function jobFields(body: JobBody): Omit<Job, "id" | "account_id" | "created_at" | "updated_at"> {
  const features = body.cost_optimization_features ?? [];
  const job_type = jobTypeOf(body);
  return {
    ...body,
    job_type,
    cost_optimization_features: features.includes("dbt_state") ? ["dbt_state"] : features,
    force_node_selection: isRunByGit(job_type) || !features.some((feature) => feature !== "efficient_testing"),
  };
}
