import type { Branch } from "../branch-jobs/branch";
import type { PlannedJob } from "../branch-jobs/plan";
import type { ResultOf } from "./result-schemas";

type PlanJson = Extract<ResultOf<"plan">, { readonly plan: unknown }>["plan"];

/** A plan as a JSON value for programs. */
export function planJson(plan: readonly PlannedJob[], { owner, schema }: Branch): PlanJson {
  return { ...owner, schema, jobs: plan.map(jobJson) };
}

function jobJson(job: PlannedJob): PlanJson["jobs"][number] {
  const { action } = job;
  const id = action === "create" ? null : job.record.id;
  if (action === "delete") return { action, key: job.key, id, name: job.record.name, changes: [] };
  const { key, name } = job.wanted;
  return { action, key, id, name, changes: changesOf(job) };
}

function changesOf(job: PlannedJob): PlanJson["jobs"][number]["changes"] {
  if (job.action !== "update") return [];
  const overrides = job.overrides.map(({ name, before, after }) => ({
    field: `environment_variables.${name}`,
    before: before?.value ?? null,
    after: after ?? null,
  }));
  return [...job.differences, ...overrides];
}
