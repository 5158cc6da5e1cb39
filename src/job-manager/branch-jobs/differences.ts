import type { JobPayload } from "../../dbt-cloud/job-payload";
import type { JobRecord } from "../../dbt-cloud/jobs";
import { markOf, withoutMark, type Mark } from "./mark";

/** One field in which a job in dbt Cloud is not as it should be. */
export interface Difference {
  /** In the words of env files: `execute_steps[0]`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The word for a job of dbt Cloud: its key where it is one of the branch's own. */
type KeyOf = (jobId: number) => string;

/** What is compared, in the words of env files, and where a job's payload and record have it. */
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
  ["defer_to.job", (job, keyOf) => jobWord(at(job, "deferring_job_definition_id"), keyOf)],
  ["defer_to.environment", (job) => at(job, "deferring_environment_id")],
  ["run_compare_changes", (job) => at(job, "run_compare_changes")],
  ["compare_changes_flags", (job) => at(job, "compare_changes_flags")],
  ["run_lint", (job) => at(job, "run_lint")],
  ["errors_on_lint_failure", (job) => at(job, "errors_on_lint_failure")],
  ["cost_optimization_features", (job) => at(job, "cost_optimization_features") ?? []],
  ["state", (job) => at(job, "state")],
];

/**
 * Where a job's record differs from what is wanted of it. A mark that is not the one to be written counts too, under the field
 * `mark`, when that is all there is to say or an earlier deploy did not come to its end.
 */
export function differencesOf(record: JobRecord, wanted: JobPayload, keyOf: KeyOf): Difference[] {
  const found = FIELDS.flatMap(([field, valueOf]) =>
    valueDifferences(field, valueOf(record, keyOf), valueOf(wanted, keyOf)),
  );
  const [before, after] = [markOf(record.description), markOf(wanted.description)];
  if (JSON.stringify(before) === JSON.stringify(after)) return found;
  const isWorthALine = found.length === 0 || !before || before.pending;
  return isWorthALine ? [...found, { field: "mark", before: markWord(before), after: markWord(after) }] : found;
}

function markWord(mark: Mark | undefined): string {
  if (mark === undefined) return "none";
  return mark.pending ? "unfinished" : `deployed ${mark.definition}`;
}

/** Where two values of a field differ; lists are compared item by item: `execute_steps[0]`. */
export function valueDifferences(field: string, before: unknown, after: unknown): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) =>
      valueDifferences(`${field}[${i}]`, before[i], after[i]),
    ).flat();
  }
  return isSame(before, after) ? [] : [{ field, before: before ?? null, after: after ?? null }];
}

/** dbt Cloud answers null for what is not set. */
function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before ?? null) === JSON.stringify(after ?? null);
}

/** A schedule as one cron expression; dbt Cloud recomputes `cron` from the rest of it. */
function cronOf(schedule: unknown): unknown {
  return at(schedule, "date", "cron") ?? at(schedule, "cron");
}

const ENDINGS: Readonly<Record<number, string>> = { 10: "success", 20: "error", 30: "canceled" };

/** Which job starts this one, and by which endings; their order says nothing. */
function completionOf(trigger: unknown, keyOf: KeyOf): unknown {
  const condition = at(trigger, "condition");
  if (condition === undefined || condition === null) return null;
  const statuses = at(condition, "statuses");
  const endings = Array.isArray(statuses) ? statuses.map((status) => ENDINGS[Number(status)] ?? String(status)) : [];
  return `${String(jobWord(at(condition, "job_id"), keyOf))} (${endings.sort().join(", ")})`;
}

function jobWord(id: unknown, keyOf: KeyOf): unknown {
  return typeof id === "number" ? keyOf(id) : null;
}

/** The value at a path of keys. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}
