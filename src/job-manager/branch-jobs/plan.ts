import type { Override } from "../../dbt-cloud/environment-variables";
import type { JobRecord } from "../../dbt-cloud/jobs";
import { differencesOf, type Difference } from "./differences";
import type { DeployedJob, Inventory } from "./inventory";
import { payloadOf, type Ids, type WantedJob } from "./wanted";

/** One value of an environment variable that a job gets, changes or loses. */
export interface OverrideChange {
  readonly name: string;
  readonly before?: Override;
  /** Absent when the job loses its own value. */
  readonly after?: string;
}

/** What a deploy does with one job. */
export type PlannedJob =
  | { readonly action: "create"; readonly wanted: WantedJob; readonly overrides: readonly OverrideChange[] }
  | {
      readonly action: "update";
      readonly wanted: WantedJob;
      readonly record: JobRecord;
      readonly differences: readonly Difference[];
      readonly overrides: readonly OverrideChange[];
      /** Somebody changed it in dbt Cloud since it was deployed. */
      readonly changedByHand: boolean;
    }
  | { readonly action: "unchanged"; readonly wanted: WantedJob; readonly record: JobRecord }
  | { readonly action: "delete"; readonly key: string; readonly record: JobRecord };

/** What a plan is made from. */
export interface PlanInput {
  /** All jobs of the env file. */
  readonly wanted: readonly WantedJob[];
  readonly inventory: Inventory;
  /** The own values of jobs that were read, by job id. */
  readonly overrides: ReadonlyMap<number, ReadonlyMap<string, Override>>;
  readonly ids: Pick<Ids, "accountId" | "environmentIdOf">;
  /** Leaves the jobs of all other keys alone; undefined: every key counts. */
  readonly only: readonly string[] | undefined;
}

/** Stands for the id of a job that is still to be created. */
const NEW_JOB = 0;

/** The plan: first the jobs of the file in its order, then what is to be deleted: what the file has no more, and doubles. */
export function planDeploy({ wanted, inventory, overrides, ids, only }: PlanInput): PlannedJob[] {
  const isMeant = (key: string): boolean => only === undefined || only.includes(key);
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
    .filter(({ record, mark }) => !(wantedKeys.has(mark.key) && idOf(mark.key) === record.id) && isMeant(mark.key))
    .map(({ record, mark }) => ({ action: "delete", key: mark.key, record }) as const);
  return [...wanted.filter(({ key }) => isMeant(key)).map(planOne), ...removed];
}

/**
 * The jobs whose own values must be read: those whose mark says other than what is wanted, and all of them when an earlier
 * deploy was broken off, because it may have been broken off between a job and its values.
 *
 * @param full reads those of every job
 */
export function overridesToRead({ wanted, inventory, only }: Omit<PlanInput, "overrides">, full: boolean): number[] {
  const wasBrokenOff = inventory.own.some(({ mark }) => mark.pending);
  return wanted.flatMap(({ key, mark }) => {
    const deployed = inventory.byKey.get(key);
    if (!deployed || (only && !only.includes(key))) return [];
    const isSettled = deployed.mark?.overrides === mark.overrides;
    return isSettled && !wasBrokenOff && !full ? [] : [deployed.record.id];
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
