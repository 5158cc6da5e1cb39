import type { Override } from "../../dbt-cloud/environment-variables";
import type { JobRecord } from "../../dbt-cloud/jobs";
import { differencesOf, type Difference } from "./differences";
import type { DeployedJob, Inventory } from "./inventory";
import { payloadOf, type Ids, type WantedJob } from "./wanted";

/** A change to one of a job's own values of environment variables. */
export interface OverrideChange {
  readonly name: string;
  readonly before?: Override;
  /** Absent when the job's own value is removed. */
  readonly after?: string;
}

/** What a deploy does to one job. */
export type PlannedJob =
  | { readonly action: "create"; readonly wanted: WantedJob; readonly overrides: readonly OverrideChange[] }
  | {
      readonly action: "update";
      readonly wanted: WantedJob;
      readonly record: JobRecord;
      readonly differences: readonly Difference[];
      readonly overrides: readonly OverrideChange[];
      /** Somebody changed the job in dbt Cloud after the last deploy. */
      readonly changedByHand: boolean;
    }
  | { readonly action: "unchanged"; readonly wanted: WantedJob; readonly record: JobRecord }
  | { readonly action: "delete"; readonly key: string; readonly record: JobRecord };

/** The input of a plan. */
export interface PlanInput {
  /** All jobs of the env file. */
  readonly wanted: readonly WantedJob[];
  readonly inventory: Inventory;
  /** The own values of those jobs whose values were read, by job id. */
  readonly overrides: ReadonlyMap<number, ReadonlyMap<string, Override>>;
  readonly ids: Pick<Ids, "accountId" | "environmentIdOf">;
  /** The keys of the jobs that the deploy may change; undefined means all. */
  readonly only: readonly string[] | undefined;
}

/** The placeholder for the id of a job that does not exist yet. */
const NEW_JOB = 0;

/** Makes the plan: the jobs of the file in their order, then the jobs to delete. Those are removed from the file, or duplicates. */
export function planDeploy({ wanted, inventory, overrides, ids, only }: PlanInput): PlannedJob[] {
  const isSelected = (key: string): boolean => only === undefined || only.includes(key);
  const idOf = (key: string): number => inventory.byKey.get(key)?.record.id ?? NEW_JOB;
  const keys = new Map([...inventory.byKey].map(([key, { record }]) => [record.id, key]));
  const keyOf = (id: number): string => (id === NEW_JOB ? "a new job" : (keys.get(id) ?? `job ${id}`));
  const planOne = (job: WantedJob): PlannedJob => {
    const deployed = inventory.byKey.get(job.key);
    if (!deployed) return { action: "create", wanted: job, overrides: overrideChanges(job, new Map()) };
    const payload = payloadOf(job, { ...ids, jobIdOf: idOf }, deployed.record.id);
    const read = overrides.get(deployed.record.id);
    return compared(job, deployed, differencesOf(deployed.record, payload, keyOf), read);
  };
  const wantedKeys = new Set(wanted.map(({ key }) => key));
  const removed = inventory.own
    .filter(({ record, mark }) => !(wantedKeys.has(mark.key) && idOf(mark.key) === record.id) && isSelected(mark.key))
    .map(({ record, mark }) => ({ action: "delete", key: mark.key, record }) as const);
  return [...wanted.filter(({ key }) => isSelected(key)).map(planOne), ...removed];
}

/**
 * The ids of the jobs whose own values of environment variables must be read. These are the jobs whose mark differs from the env
 * file. After an interrupted deploy these are all jobs, because a job may lack its values.
 *
 * @param full whether to read the values of every job
 */
export function overridesToRead({ wanted, inventory, only }: Omit<PlanInput, "overrides">, full: boolean): number[] {
  const wasInterrupted = inventory.own.some(({ mark }) => mark.pending);
  return wanted.flatMap(({ key, mark }) => {
    const deployed = inventory.byKey.get(key);
    if (!deployed || (only && !only.includes(key))) return [];
    const isCurrent = deployed.mark?.overrides === mark.overrides;
    return isCurrent && !wasInterrupted && !full ? [] : [deployed.record.id];
  });
}

function compared(
  wanted: WantedJob,
  { record, mark }: DeployedJob,
  differences: readonly Difference[],
  read: ReadonlyMap<string, Override> | undefined,
): PlannedJob {
  const overrides = read ? overrideChanges(wanted, read) : [];
  if (differences.length + overrides.length === 0) return { action: "unchanged", wanted, record };
  const changedByHand = mark?.definition === wanted.mark.definition && !mark.pending;
  return { action: "update", wanted, record, differences, overrides, changedByHand };
}

function overrideChanges({ overrides }: WantedJob, before: ReadonlyMap<string, Override>): OverrideChange[] {
  const set = Object.entries(overrides)
    .filter(([name, value]) => before.get(name)?.value !== value)
    .map(([name, after]) => ({ name, before: before.get(name), after }));
  const lost = [...before]
    .filter(([name]) => !Object.hasOwn(overrides, name))
    .map(([name, override]) => ({ name, before: override }));
  return [...set, ...lost];
}
