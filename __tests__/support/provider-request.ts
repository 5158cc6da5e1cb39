import type { TerraformJson } from "./synthesis";

const STATUS_NUMBERS: Readonly<Record<string, number>> = { success: 10, error: 20, canceled: 30 };

/** A `dbtcloud_job` block of Terraform JSON. */
interface JobBlock {
  readonly name: string;
  readonly description: string;
  readonly project_id: number;
  readonly environment_id: number;
  readonly execute_steps: readonly string[];
  readonly schedule_type: string;
  readonly schedule_cron?: string;
  readonly triggers: Readonly<Record<string, boolean>>;
  readonly triggers_on_draft_pr: boolean;
  readonly target_name: string;
  readonly num_threads: number;
  readonly execution: { readonly timeout_seconds: number };
  readonly dbt_version?: string;
  readonly generate_docs: boolean;
  readonly run_generate_sources: boolean;
  readonly deferring_job_id?: string;
  readonly deferring_environment_id?: number;
  readonly self_deferring?: boolean;
  readonly run_compare_changes: boolean;
  readonly compare_changes_flags: string;
  readonly run_lint: boolean;
  readonly errors_on_lint_failure: boolean;
  readonly cost_optimization_features?: readonly string[];
}

/**
 * The row of a job in dbt Cloud after the Terraform provider has applied a stack, as far as the stack decides it. It follows
 * from the provider's request bodies and the schedule that dbt Cloud computes from them.
 *
 * @param idOf the id that dbt Cloud gives the job with this key
 */
export function rowAfterTerraform(
  json: TerraformJson,
  key: string,
  accountId: number,
  idOf: (key: string) => number,
): Record<string, unknown> {
  const block = json["resource"]!["dbtcloud_job"]![key] as unknown as JobBlock;
  const trigger = json["resource"]!["dbtcloud_job_completion_trigger"]?.[key];
  const deferringJob = block.self_deferring
    ? idOf(key)
    : block.deferring_job_id && resolve(block.deferring_job_id, idOf);
  return {
    account_id: accountId,
    project_id: block.project_id,
    environment_id: block.environment_id,
    name: block.name,
    description: block.description,
    execute_steps: block.execute_steps,
    schedule: scheduleRow(block),
    triggers: block.triggers,
    job_completion_trigger_condition: trigger
      ? {
          condition: {
            job_id: resolve(trigger["trigger_job_id"] as string, idOf),
            project_id: trigger["project_id"],
            statuses: (trigger["statuses"] as string[]).map((status) => STATUS_NUMBERS[status]),
          },
        }
      : null,
    triggers_on_draft_pr: block.triggers_on_draft_pr,
    settings: { threads: block.num_threads, target_name: block.target_name },
    execution: block.execution,
    dbt_version: block.dbt_version ?? null,
    generate_docs: block.generate_docs,
    run_generate_sources: block.run_generate_sources,
    deferring_job_definition_id: deferringJob ?? null,
    deferring_environment_id: block.deferring_environment_id ?? null,
    run_compare_changes: block.run_compare_changes,
    compare_changes_flags: block.compare_changes_flags,
    run_lint: block.run_lint,
    errors_on_lint_failure: block.errors_on_lint_failure,
    ...(block.cost_optimization_features && { cost_optimization_features: block.cost_optimization_features }),
    state: 1,
  };
}

function scheduleRow({ schedule_type, schedule_cron }: JobBlock): object {
  const time = { type: "every_hour", interval: 1 };
  return schedule_type === "custom_cron"
    ? { cron: schedule_cron, date: { type: schedule_type, cron: schedule_cron }, time }
    : { cron: "0 * * * *", date: { type: schedule_type }, time };
}

function resolve(reference: string, idOf: (key: string) => number): number {
  const key = /^\$\{dbtcloud_job\.(.+)\.id\}$/.exec(reference)?.[1];
  if (key === undefined) throw new Error(`not a reference to a job: ${reference}`);
  return idOf(key);
}
