import { EventEmitter } from "node:events";
import type { FastifyInstance } from "fastify";
import type { Clock } from "./clock";
import type { Collection, Row, Store } from "./store/store";

/** The state and the settings that every resource uses. */
export interface World {
  /** The id of the only account. */
  readonly accountId: number;
  readonly store: Store;
  /** Time. It is passed in, so that tests and `--clock` decide it. */
  readonly clock: Clock;
  /** The API, the queue and the webhooks tell each other about runs with these. Without a queue, runs stay queued. */
  readonly signals: RunSignals;
  /**
   * The folder of the logs and artifacts of all runs.
   *
   * @default - no run has logs or artifacts
   */
  readonly runsFolder?: string;
  /**
   * The address at which the app listens, for links.
   *
   * @default - links are relative
   */
  readonly url?: () => string;
}

/**
 * `queued`: a run may start now. `cancelled`: a run in progress must end, by its id. `started` and `ended`: a run has
 * started, or has ended with a status.
 */
export type RunSignals = EventEmitter<{
  queued: [];
  cancelled: [runId: number];
  started: [runId: number];
  ended: [runId: number, status: number];
}>;

/** Signals without listeners. */
export function newSignals(): RunSignals {
  return new EventEmitter();
}

/** Adds the routes of one resource to the app. */
export type Routes = (app: FastifyInstance, world: World) => void;

/** The times that objects of dbt Cloud have. */
export interface Timestamps {
  readonly created_at: string;
  readonly updated_at: string;
}

/** An object that is deleted by its state: 1 is active, 2 is deleted and invisible. */
export interface Stateful extends Row {
  readonly state: number;
}

/** An object that belongs to a project. */
export interface InProject extends Stateful {
  readonly project_id: number;
}

/** The object with this id, unless it was deleted. */
export function active<T extends Stateful>(collection: Collection<T>, id: number): T | undefined {
  const row = collection.get(id);
  return row?.state === 1 ? row : undefined;
}

/** Makes an object invisible. Its row stays, so its id is never used again. */
export function removeRow<T extends Stateful>(world: World, collection: Collection<T>, row: T): void {
  collection.put({ ...row, state: 2, updated_at: timestamp(world.clock.now()) });
}

let last = { time: NaN, text: "" };

/** The text of a time as dbt Cloud writes it, with a space and an offset: `2026-01-31 05:00:00.000000+00:00`. */
export function timestamp(time: Date): string {
  // One event writes many objects with the same time, and a simulated month has hundreds of thousands of them.
  if (time.getTime() === last.time) return last.text;
  const iso = time.toISOString();
  last = { time: time.getTime(), text: `${iso.slice(0, 10)} ${iso.slice(11, -1)}000+00:00` };
  return last.text;
}
