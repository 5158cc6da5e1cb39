import { valueDifferences, wordOf, type Difference } from "../branch-jobs/differences";
import { referenceIn, type ResourceChange, type TerraformPlan } from "./plan-file";

/** What an apply does to an object. `replace` deletes it and creates another one; `forget` leaves it to dbt Cloud. */
export type Action = "delete" | "replace" | "forget" | "create" | "update" | "unchanged";

/** The change of a job, with its trigger and its environment variables. */
export interface JobChange {
  readonly action: Action;
  readonly key: string;
  /** The job's id in dbt Cloud; undefined for a job that does not exist yet. */
  readonly jobId?: number;
  /** The job's former key. */
  readonly movedFrom?: string;
  /** Whether Terraform takes over a job that it did not create. */
  readonly isAdopted: boolean;
  /** The fields that somebody changed in dbt Cloud after the last apply. */
  readonly changedByHand: readonly string[];
  readonly differences: readonly Difference[];
  /** The cron expressions on which the job runs; undefined when it has no schedule. */
  readonly cron: { readonly before?: string; readonly after?: string };
}

/** The change of an object that is no job: an environment, a credential, an environment variable, a notification. */
export interface OtherChange {
  readonly action: Action;
  /** The Terraform address. */
  readonly address: string;
  /** What the object is: `environment variable DBT_SCHEMA`, `notifications to team@example.com`, else its address. */
  readonly title: string;
  readonly differences: readonly Difference[];
}

/** What happens to a job that is deleted or replaced. */
export const LOSS = "its id and its run history are lost";

/** The changes of a plan. */
export interface PlanChanges {
  /** The changes of all jobs, also of those that stay unchanged. */
  readonly jobs: readonly JobChange[];
  readonly others: readonly OtherChange[];
}

const JOB = "dbtcloud_job";
const TRIGGER = "dbtcloud_job_completion_trigger";
const OVERRIDE = "dbtcloud_environment_variable_job_override";

/** Values that Terraform or dbt Cloud chooses. A difference in them is no decision of a person. */
const COMPUTED = ["id", "job_id", "job_type", "validate_execute_steps", "force_node_selection", "schedule_interval"];

/** The names in env files of the fields that the provider spells differently. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["num_threads", "threads"],
  ["schedule_cron", "schedule"],
  ["execution.timeout_seconds", "timeout_seconds"],
  ["triggers.schedule", "scheduled"],
  ["deferring_job_id", "defer_to.job"],
  ["deferring_environment_id", "defer_to.environment"],
  ["self_deferring", "defer_to.self"],
  ["raw_value", "value"],
]);

const UNKNOWN = "(known after apply)";
const SENSITIVE = "(sensitive)";

/** Whether a plan does something with a job, if only with its address in the state. */
export function isChanged({ action, movedFrom, isAdopted }: JobChange): boolean {
  return action !== "unchanged" || movedFrom !== undefined || isAdopted;
}

/** Whether the apply deletes the object, perhaps to create it again. */
export function isLost({ action }: { readonly action: Action }): boolean {
  return action === "delete" || action === "replace";
}

/** Reads the changes of a plan: what happens to each job, and to the other objects. */
export function changesIn(plan: TerraformPlan): PlanChanges {
  const managed = plan.resource_changes.filter(({ mode }) => mode === "managed");
  const keyOf = keysById(managed);
  const parts = managed.filter(({ type }) => type === TRIGGER || type === OVERRIDE);
  const jobs = managed
    .filter(({ type }) => type === JOB)
    .map((resource) =>
      jobChange(
        plan,
        resource,
        keyOf,
        parts.filter((part) => keyOfPart(part) === resource.name),
      ),
    );
  const shown = new Set(jobs.map(({ key }) => key));
  const others = managed
    .filter((resource) => resource.type !== JOB && !(parts.includes(resource) && shown.has(keyOfPart(resource))))
    .map((resource) => otherChange(resource, keyOf))
    .filter(({ action }) => action !== "unchanged");
  return { jobs, others };
}

/** The name of a job in the plan: its key if the stack has it, else its id. */
type KeyOf = (id: unknown) => string;

function keysById(resources: readonly ResourceChange[]): KeyOf {
  const keys = new Map<unknown, string>();
  for (const { type, name, change } of resources) {
    if (type !== JOB) continue;
    for (const row of [change.before, change.after]) if (row?.["id"] !== undefined) keys.set(row["id"], name);
  }
  return (id) => keys.get(id) ?? wordOf(id);
}

/** The key of the job that a trigger or an override belongs to. Keys have no underscore. */
function keyOfPart({ name }: ResourceChange): string {
  return name.split("_")[0]!;
}

function jobChange(
  plan: TerraformPlan,
  resource: ResourceChange,
  keyOf: KeyOf,
  parts: readonly ResourceChange[],
): JobChange {
  const { name, address, change, previous_address } = resource;
  const ofParts = parts.flatMap((part) => partDifferences(plan, part, keyOf));
  const id = change.before?.["id"] ?? change.after?.["id"];
  const own = actionOf(change.actions);
  const action = own === "unchanged" && ofParts.length > 0 ? "update" : own;
  return {
    action,
    key: name,
    jobId: typeof id === "number" ? id : undefined,
    movedFrom: previous_address?.split(".").at(-1),
    isAdopted: Boolean(change.importing),
    changedByHand: plan.resource_drift
      .filter((drift) => drift.address === address)
      .flatMap((drift) => fieldDifferences(drift, keyOf).map(({ field }) => field)),
    differences: action === "update" || action === "replace" ? [...fieldDifferences(resource, keyOf), ...ofParts] : [],
    cron: { before: cronIn(change.before), after: cronIn(change.after) },
  };
}

function otherChange(resource: ResourceChange, keyOf: KeyOf): OtherChange {
  const { address, change } = resource;
  const action = actionOf(change.actions);
  const isShown = action === "update" || action === "replace";
  return { action, address, title: titleOf(resource), differences: isShown ? fieldDifferences(resource, keyOf) : [] };
}

function titleOf(resource: ResourceChange): string {
  const { type, name, address } = resource;
  const { before, after } = visibleRows(resource);
  if (type === "dbtcloud_partial_environment_variable") return `environment variable ${name}`;
  if (type !== "dbtcloud_partial_notification") return address;
  const { external_email, slack_channel_name, user_id } = after ?? before ?? {};
  const recipient = [external_email, slack_channel_name].find((name) => typeof name === "string");
  return `notifications to ${recipient ?? `user ${Number(user_id)}`}`;
}

function actionOf(actions: readonly string[]): Action {
  if (actions.includes("delete")) return actions.includes("create") ? "replace" : "delete";
  if (actions.includes("forget")) return "forget";
  if (actions.includes("create")) return "create";
  return actions.includes("update") ? "update" : "unchanged";
}

/** The differences of a trigger or an override, as fields of its job. */
function partDifferences(plan: TerraformPlan, resource: ResourceChange, keyOf: KeyOf): Difference[] {
  const { type, name, address } = resource;
  const { before, after } = visibleRows(resource);
  if (type === OVERRIDE) {
    const field = `environment_variables.${name.slice(name.indexOf("_") + 1)}`;
    return valueDifferences(field, before?.["raw_value"], after?.["raw_value"]);
  }
  const describe = (row: Row | undefined): string | undefined => {
    if (!row) return undefined;
    const id = row["trigger_job_id"];
    const job = id === UNKNOWN ? referenceIn(plan, address, "trigger_job_id")?.split(".")[1] : keyOf(id);
    return `${job ?? UNKNOWN} (${[row["statuses"]].flat().map(wordOf).sort().join(", ")})`;
  };
  return valueDifferences("run_after", describe(before), describe(after));
}

/** The fields of a resource that differ, by their names in env files. Their order is the provider's. */
function fieldDifferences(resource: ResourceChange, keyOf: KeyOf): Difference[] {
  const { before = {}, after = {} } = visibleRows(resource);
  return differencesAt("", before, after)
    .filter(({ field }) => !COMPUTED.includes(field))
    .map(({ field, ...values }) => ({ field: NAMES.get(field) ?? field, ...withKeys(field, values, keyOf) }));
}

/** Objects are compared by their own fields: `triggers.schedule`. */
function differencesAt(field: string, before: unknown, after: unknown): Difference[] {
  if (!isObject(before) && !isObject(after)) return valueDifferences(field, before, after);
  const [left, right] = [before, after].map((value) => new Map(isObject(value) ? Object.entries(value) : []));
  const keys = [...new Set([...left!.keys(), ...right!.keys()])];
  return keys.flatMap((key) => differencesAt(field === "" ? key : `${field}.${key}`, left!.get(key), right!.get(key)));
}

type Row = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A resource before and after the apply as people may see it; undefined where it does not exist. */
function visibleRows({ change }: ResourceChange): { readonly before?: Row; readonly after?: Row } {
  const before = change.before ? visible(change.before, change.before_sensitive, false) : undefined;
  const after = change.after ? visible(change.after, change.after_sensitive, change.after_unknown) : undefined;
  return { before: before as Row | undefined, after: after as Row | undefined };
}

/** A value without secrets, and with a note in place of each value that nobody knows before the apply. */
function visible(value: unknown, sensitive: unknown, unknown: unknown): unknown {
  if (unknown === true) return UNKNOWN;
  if (sensitive === true) return value === null || value === undefined ? value : SENSITIVE;
  const at = (marks: unknown, key: string | number): unknown =>
    typeof marks === "object" && marks !== null ? (marks as Record<string | number, unknown>)[key] : undefined;
  if (Array.isArray(value)) return value.map((item, i) => visible(item, at(sensitive, i), at(unknown, i)));
  if (!isObject(value)) return value;
  const fields = new Map(Object.entries(value));
  const keys = [...new Set([...fields.keys(), ...Object.keys(isObject(unknown) ? unknown : {})])];
  return Object.fromEntries(keys.map((key) => [key, visible(fields.get(key), at(sensitive, key), at(unknown, key))]));
}

/** Jobs by their keys instead of their ids. */
function withKeys(
  field: string,
  { before, after }: { readonly before: unknown; readonly after: unknown },
  keyOf: KeyOf,
): Pick<Difference, "before" | "after"> {
  const isJob = field === "deferring_job_id" || /^on_\w+\[\d+\]$/.test(field);
  const name = (value: unknown): unknown => (typeof value === "number" ? keyOf(value) : value);
  return isJob ? { before: name(before), after: name(after) } : { before, after };
}

/** The schedule on which dbt Cloud starts the job. */
function cronIn(row: Row | null | undefined): string | undefined {
  const { schedule_cron: cron, triggers } = row ?? {};
  const isOn = isObject(triggers) && triggers["schedule"] === true;
  return isOn && typeof cron === "string" ? cron : undefined;
}
