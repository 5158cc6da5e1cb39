import type { JobPayload } from "../../dbt-cloud/job-payload";
import type { JobRecord } from "../../dbt-cloud/jobs";
import { endingOf } from "../../jobs/run-status";
import { markOf, withoutMark, type Mark } from "./mark";

/** One field in which a job in dbt Cloud differs from the env file. */
export interface Difference {
  /** The name of the field in env files: `execute_steps[0]`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The name of a job in the plan: its key if it is a job of the branch. */
type KeyOf = (jobId: number) => string;

/** The fields that are compared, by their names in env files, and their values in a payload or a record. */
const FIELDS: readonly (readonly [field: string, valueOf: (job: JobPayload | JobRecord, keyOf: KeyOf) => unknown])[] = [
  ["name", (job) => job.name],
  ["description", (job) => withoutMark(job.description)],
  ["execute_steps", (job) => job.execute_steps],
  ["schedule", (job) => cronOf(job.schedule)],
  ["scheduled", (job) => job.triggers.schedule ?? false],
  ["triggers.github_webhook", (job) => job.triggers["github_webhook"] ?? false],
  ["triggers.git_provider_webhook", (job) => job.triggers["git_provider_webhook"] ?? false],
  ["triggers.on_merge", (job) => job.triggers["on_merge"] ?? false],
  ["run_after", (job, keyOf) => completionOf(at(job, "job_completion_trigger_condition"), keyOf)],
  ["triggers_on_draft_pr", (job) => at(job, "triggers_on_draft_pr")],
  ["target_name", (job) => at(job, "settings", "target_name")],
  ["threads", (job) => at(job, "settings", "threads")],
  ["timeout_seconds", (job) => at(job, "execution", "timeout_seconds")],
  ["dbt_version", (job) => at(job, "dbt_version")],
  ["generate_docs", (job) => at(job, "generate_docs")],
  ["run_generate_sources", (job) => at(job, "run_generate_sources")],
  ["defer_to.job", (job, keyOf) => jobText(at(job, "deferring_job_definition_id"), keyOf)],
  ["defer_to.environment", (job) => at(job, "deferring_environment_id")],
  ["run_compare_changes", (job) => at(job, "run_compare_changes")],
  ["compare_changes_flags", (job) => at(job, "compare_changes_flags")],
  ["run_lint", (job) => at(job, "run_lint")],
  ["errors_on_lint_failure", (job) => at(job, "errors_on_lint_failure")],
  ["cost_optimization_features", (job) => at(job, "cost_optimization_features") ?? []],
  ["state", (job) => at(job, "state")],
];

/**
 * The fields in which a job in dbt Cloud differs from its payload. A different mark is listed under the field `mark` only if
 * nothing else differs, or if an earlier deploy did not finish.
 */
export function differencesOf(record: JobRecord, wanted: JobPayload, keyOf: KeyOf): Difference[] {
  const found = FIELDS.flatMap(([field, valueOf]) =>
    valueDifferences(field, valueOf(record, keyOf), valueOf(wanted, keyOf)),
  );
  const [before, after] = [markOf(record.description), markOf(wanted.description)];
  if (JSON.stringify(before) === JSON.stringify(after)) return found;
  const isListed = found.length === 0 || !before || before.pending;
  return isListed ? [...found, { field: "mark", before: markText(before), after: markText(after) }] : found;
}

function markText(mark: Mark | undefined): string {
  if (mark === undefined) return "none";
  return mark.pending ? "unfinished" : `deployed ${mark.definition}`;
}

/** The differences between two values of a field. Lists are compared item by item: `execute_steps[0]`. */
export function valueDifferences(field: string, before: unknown, after: unknown): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) =>
      valueDifferences(`${field}[${i}]`, before[i], after[i]),
    ).flat();
  }
  return isSame(before, after) ? [] : [{ field, before: before ?? null, after: after ?? null }];
}

/** dbt Cloud answers null for a field that is not set. */
function isSame(before: unknown, after: unknown): boolean {
  return before === after || JSON.stringify(before ?? null) === JSON.stringify(after ?? null);
}

/** A schedule as one cron expression. dbt Cloud computes `cron` from the other fields of the schedule. */
function cronOf(schedule: unknown): unknown {
  return at(schedule, "date", "cron") ?? at(schedule, "cron");
}

/** The job that starts this one, and the endings that do. Their order has no meaning. */
function completionOf(trigger: unknown, keyOf: KeyOf): unknown {
  const condition = at(trigger, "condition");
  if (condition === undefined || condition === null) return null;
  const statuses = at(condition, "statuses");
  const endings = Array.isArray(statuses) ? statuses.map((status) => endingOf(Number(status)) ?? wordOf(status)) : [];
  return `${String(jobText(at(condition, "job_id"), keyOf))} (${endings.sort().join(", ")})`;
}

/** A text as it is, and any other value as JSON. */
export function wordOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function jobText(id: unknown, keyOf: KeyOf): unknown {
  return typeof id === "number" ? keyOf(id) : null;
}

/** The value at a path of keys; undefined when it does not exist. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}
