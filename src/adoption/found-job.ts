import { z } from "zod";
import { DbtCloudError } from "../dbt-cloud/errors";
import { shapeProblem } from "../jobs/shape-problem";

const yesOrNo = z.boolean().nullish();
const idOrNull = z.int().min(1).nullish();
const textOrNull = z.string().nullish();

const scheduleSchema = z.looseObject({
  /** The times in one line. dbt Cloud computes it for every type of schedule. */
  cron: textOrNull,
  date: z.looseObject({ type: textOrNull, days: z.array(z.int()).nullish(), cron: textOrNull }).nullish(),
  time: z.looseObject({ type: textOrNull, interval: z.int().nullish(), hours: z.array(z.int()).nullish() }).nullish(),
});

const conditionSchema = z.looseObject({
  job_id: z.int(),
  project_id: z.int().nullish(),
  statuses: z.array(z.int()).nullish(),
});

/**
 * A job as the Admin API has it. dbt-jobs-as-code uses the same fields, and jobs of tfvars files are translated to them. An absent
 * field says nothing, so the default of the env file applies. Fields that are not listed here are kept, so that they can be reported.
 */
export const cloudJobSchema = z.looseObject({
  id: idOrNull,
  project_id: idOrNull,
  environment_id: idOrNull,
  name: z.string(),
  description: textOrNull,
  execute_steps: z.array(z.string()).nullish(),
  triggers: z
    .looseObject({ github_webhook: yesOrNo, git_provider_webhook: yesOrNo, schedule: yesOrNo, on_merge: yesOrNo })
    .nullish(),
  schedule: scheduleSchema.nullish(),
  job_completion_trigger_condition: z.looseObject({ condition: conditionSchema }).nullish(),
  triggers_on_draft_pr: yesOrNo,
  settings: z.looseObject({ threads: z.int().nullish(), target_name: textOrNull }).nullish(),
  execution: z.looseObject({ timeout_seconds: z.int().nullish() }).nullish(),
  dbt_version: textOrNull,
  generate_docs: yesOrNo,
  run_generate_sources: yesOrNo,
  deferring_job_definition_id: idOrNull,
  deferring_environment_id: idOrNull,
  self_deferring: yesOrNo,
  run_compare_changes: yesOrNo,
  compare_changes_flags: textOrNull,
  run_lint: yesOrNo,
  errors_on_lint_failure: yesOrNo,
  cost_optimization_features: z.array(z.string()).nullish(),
  force_node_selection: yesOrNo,
  job_type: textOrNull,
  /** 1 is active. */
  state: z.int().nullish(),
});

/** A job as the Admin API has it. */
export type CloudJob = z.output<typeof cloudJobSchema>;

/**
 * Reads a job of the Admin API with all of its fields.
 *
 * @throws DbtCloudError when a field has a value of another kind
 */
export function cloudJobIn(record: { readonly id: number }): CloudJob {
  const job = cloudJobSchema.safeParse(record);
  if (job.success) return job.data;
  throw new DbtCloudError("unreadable", {
    problem: `dbt Cloud answered with job ${record.id} in an unexpected format, and the job was not used`,
    fix: "look at the job in dbt Cloud, and check DBTCLOUD_HOST_URL and the proxies in between",
    detail: shapeProblem(job.error, "the job"),
    request: "GET v2/jobs/",
  });
}

/** A job's own value of an environment variable. */
interface FoundVariable {
  /** The id of the value in dbt Cloud, where it is known. */
  readonly id?: number;
  readonly value: string;
}

/** A job that can be adopted. */
export interface FoundJob {
  /** The job's id in dbt Cloud, where it is known. */
  readonly id?: number;
  /** The name by which the source knows the job, such as an identifier of dbt-jobs-as-code. */
  readonly identifier?: string;
  readonly job: CloudJob;
  readonly variables: ReadonlyMap<string, FoundVariable>;
}

/** A value that an env file cannot have, or that the next apply changes. */
export interface Remark {
  /**
   * `lost`: the value is not in the YAML. `changed`: the next apply changes the job in dbt Cloud. `check`: the value in the YAML is a
   * guess.
   */
  readonly kind: "lost" | "changed" | "check";
  /** The key of the job; empty for the whole source. */
  readonly job: string;
  readonly field: string;
  /** The value in short, without credentials; absent when it is secret. */
  readonly value?: string;
  readonly reason: string;
  readonly fix: string;
}

/** A remark before its job has a key. */
export type RemarkOfJob = Omit<Remark, "job">;

const IDENTIFIER = /\s*\[\[([*:\w-]+)\]\]/;

/**
 * Takes the identifier of dbt-jobs-as-code, `[[identifier]]` or `[[filter:identifier]]`, out of a job's name or description.
 *
 * @returns the job without it
 */
export function withoutIdentifier(job: CloudJob): { readonly identifier?: string; readonly job: CloudJob } {
  for (const field of ["name", "description"] as const) {
    const text = job[field] ?? "";
    const raw = IDENTIFIER.exec(text)?.[1];
    if (raw === undefined) continue;
    return { identifier: raw.split(":").at(-1), job: { ...job, [field]: text.replace(IDENTIFIER, "").trim() } };
  }
  return { job };
}
