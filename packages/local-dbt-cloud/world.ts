import type { FastifyInstance } from "fastify";
import type { Collection, Row, Store } from "./store/store";

/** What every thing of the local dbt Cloud works with; the app hands it to each of them. */
export interface World {
  /** The one account that there is. */
  readonly accountId: number;
  readonly store: Store;
  /** The time now; passed in, so that tests decide it. */
  readonly now: () => Date;
  /** What executes runs; without one they stay in the queue. */
  readonly runner?: Runner;
  /**
   * The address at which the app listens, for links.
   *
   * @default links are relative to it
   */
  readonly url?: () => string;
}

/** Executes the runs of jobs. */
export interface Runner {
  /** The folder of the logs and artifacts of all runs. */
  readonly folder: string;
  /** Starts what is queued and may start now. */
  wake(): void;
  /** Ends the processes of a run that is in progress. */
  cancel(runId: number): void;
}

/** Adds the routes of one thing to the app. */
export type Routes = (app: FastifyInstance, world: World) => void;

/** What objects of dbt Cloud have in common. */
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

/** dbt Cloud writes times with a blank and an offset: `2026-01-31 05:00:00.000000+00:00`. */
export function timestamp(time: Date): string {
  return time.toISOString().replace("T", " ").replace("Z", "000+00:00");
}
