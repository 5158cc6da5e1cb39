import { setTimeout as wait } from "node:timers/promises";
import type { Cloud, Data } from "../cloud";
import { one } from "../expectations";

/** A step as rules look at it. */
export interface StepData extends Data {
  readonly status: number;
  readonly logs: string;
  readonly run_step_command: { readonly dbt_command: string } | null;
}

/** A duration as `HH:MM:SS`. */
export function clock(value: unknown): boolean {
  return typeof value === "string" && /^\d\d+:\d\d:\d\d$/.test(value);
}

const POLL_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 60_000;

/** Starts a job. */
export async function started(cloud: Cloud, jobId: number, more: object = {}): Promise<Data> {
  return one(await cloud.post(`${cloud.v2}/jobs/${jobId}/run/`, { cause: "Conformance", ...more }));
}

/**
 * A run, with its steps, when it has ended.
 *
 * @throws when it does not end
 */
export async function finished(cloud: Cloud, { id }: Pick<Data, "id">): Promise<Data> {
  const giveUp = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const run = one(await cloud.get(`${cloud.v2}/runs/${id}/?include_related=[run_steps,trigger]`));
    if (run["is_complete"] === true) return run;
    if (Date.now() > giveUp) throw new Error(`run ${id} has not ended after ${PATIENCE_MILLISECONDS / 1000} s`);
    await wait(POLL_MILLISECONDS);
  }
}

/** The steps of a run that was read with them. */
export function stepsOf(run: Data): readonly StepData[] {
  return run["run_steps"] as readonly StepData[];
}
