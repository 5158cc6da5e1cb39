import { jobDescription, runsOnGitEvents, type JobDefinition } from "../jobs/definition";
import { RUN_STATUS } from "../jobs/run-status";
import { cronOf, type Schedule } from "../jobs/schedule";

/** What a job's payload needs in addition to its definition. The ids are dbt Cloud's. */
export interface JobPayloadTarget {
  readonly accountId: number;
  readonly projectId: number;
  readonly environmentId: number;
  /** The job's name in dbt Cloud. */
  readonly name: string;
  /**
   * The job's own id, for `defer_to: self`.
   *
   * @default - the job does not exist yet; a job that defers to itself is sent again when it has an id
   */
  readonly jobId?: number;
  /** The id of another job of the same env file. */
  readonly jobIdOf: (key: string) => number;
  /** The id of an environment, by the name of its env file. */
  readonly environmentIdOf: (name: string) => number;
}

/** The body of the request that creates or changes a job: `POST /v2/accounts/{account}/jobs/`. */
export interface JobPayload {
  readonly account_id: number;
  readonly project_id: number;
  readonly environment_id: number;
  readonly name: string;
  readonly description: string;
  readonly execute_steps: readonly string[];
  readonly schedule: SchedulePayload;
  readonly triggers: {
    readonly github_webhook: boolean;
    readonly git_provider_webhook: boolean;
    readonly schedule: boolean;
    readonly on_merge: boolean;
  };
  readonly job_completion_trigger_condition: {
    readonly condition: {
      readonly job_id: number;
      readonly project_id: number;
      readonly statuses: readonly number[];
    };
  } | null;
  readonly triggers_on_draft_pr: boolean;
  readonly settings: { readonly threads: number; readonly target_name: string };
  readonly execution: { readonly timeout_seconds: number };
  readonly dbt_version: string | null;
  readonly generate_docs: boolean;
  readonly run_generate_sources: boolean;
  readonly deferring_job_definition_id: number | null;
  readonly deferring_environment_id: number | null;
  readonly run_compare_changes: boolean;
  readonly compare_changes_flags: string;
  readonly run_lint: boolean;
  readonly errors_on_lint_failure: boolean;
  /** Absent from jobs that git events start: dbt Cloud answers 405 to it. */
  readonly cost_optimization_features?: readonly string[];
  /** 1 is active. */
  readonly state: 1;
}

interface SchedulePayload {
  readonly cron: string;
  readonly date: { readonly type: "custom_cron"; readonly cron: string } | { readonly type: "every_day" };
  readonly time: { readonly type: "every_hour"; readonly interval: 1 };
}

/**
 * The API side of a job definition; `constructs/job.ts` is its twin for Terraform, field by field. Environment
 * variables and notifications are separate objects.
 */
export function jobPayload(definition: JobDefinition, target: JobPayloadTarget): JobPayload {
  const {
    category: _category,
    description,
    owner,
    execute_steps,
    schedule,
    paused,
    expects: _expects,
    run_after,
    triggers,
    triggers_on_draft_pr,
    target_name,
    threads,
    timeout_seconds,
    dbt_version,
    generate_docs,
    run_generate_sources,
    defer_to,
    run_compare_changes,
    compare_changes_flags,
    run_lint,
    errors_on_lint_failure,
    cost_optimization_features,
    environment_variables: _environmentVariables,
    notifications: _notifications,
    sla: _sla,
    moved_from: _movedFrom,
    adopt_job_id: _adoptJobId,
    adopt_override_ids: _adoptOverrideIds,
    ...forgotten
  } = definition;
  forgotten satisfies Record<string, never>;

  return {
    account_id: target.accountId,
    project_id: target.projectId,
    environment_id: target.environmentId,
    name: target.name,
    description: jobDescription({ description, owner }),
    execute_steps,
    schedule: schedulePayload(schedule),
    triggers: {
      github_webhook: triggers.github_webhook,
      git_provider_webhook: triggers.git_provider_webhook,
      schedule: schedule !== undefined && !paused,
      on_merge: triggers.on_merge,
    },
    job_completion_trigger_condition: run_after
      ? {
          condition: {
            job_id: target.jobIdOf(run_after.job),
            project_id: target.projectId,
            statuses: run_after.on.map((ending) => RUN_STATUS[ending]),
          },
        }
      : null,
    triggers_on_draft_pr,
    settings: { threads, target_name },
    execution: { timeout_seconds },
    dbt_version: dbt_version ?? null,
    generate_docs,
    run_generate_sources,
    ...deferral(defer_to, target),
    run_compare_changes,
    compare_changes_flags,
    run_lint,
    errors_on_lint_failure,
    ...(runsOnGitEvents(triggers) ? {} : { cost_optimization_features }),
    state: 1,
  };
}

/** In dbt Cloud, a job without a schedule has one too; `triggers.schedule: false` keeps it from starting runs. */
function schedulePayload(schedule: Schedule | undefined): SchedulePayload {
  const time = { type: "every_hour", interval: 1 } as const;
  if (!schedule) return { cron: "0 * * * *", date: { type: "every_day" }, time };
  const cron = cronOf(schedule);
  return { cron, date: { type: "custom_cron", cron }, time };
}

function deferral(
  target: JobDefinition["defer_to"],
  { jobId, jobIdOf, environmentIdOf }: JobPayloadTarget,
): Pick<JobPayload, "deferring_job_definition_id" | "deferring_environment_id"> {
  const nowhere = { deferring_job_definition_id: null, deferring_environment_id: null };
  if (target === undefined) return nowhere;
  if (target === "self") return { ...nowhere, deferring_job_definition_id: jobId ?? null };
  if ("job" in target) return { ...nowhere, deferring_job_definition_id: jobIdOf(target.job) };
  return { ...nowhere, deferring_environment_id: environmentIdOf(target.environment) };
}
