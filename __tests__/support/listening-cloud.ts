import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../../packages/local-dbt-cloud/app";
import { jobsOf, jobBody, jobTypeOf, type Job } from "../../packages/local-dbt-cloud/resources/jobs/jobs";
import {
  environmentVariablesOf,
  type EnvironmentVariable,
} from "../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { timestamp, type World } from "../../packages/local-dbt-cloud/world";
import { localDbtCloud, TOKEN } from "./local-dbt-cloud";

/** One fault, in the format of `PUT /local/faults`. */
export type FaultOrder = Readonly<Record<string, unknown>>;

/** A local dbt Cloud on a loopback port. The test reads and writes its rows. */
export interface ListeningCloud {
  readonly world: World;
  readonly url: string;
  /** `METHOD path?query` of every request to the API, in the order of arrival. */
  readonly requests: string[];
  /** Replaces the faults. */
  readonly order: (...faults: readonly FaultOrder[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Listens on a free loopback port.
 *
 * @param onAnswer is called after the writes of each request that is not a GET
 */
export async function listeningCloud(world: World, onAnswer: () => void = () => undefined): Promise<ListeningCloud> {
  const app = buildApp({ world, token: TOKEN, faults: true });
  const requests: string[] = [];
  app.server.on("request", ({ method, url = "" }) => {
    if (url.startsWith("/api/")) requests.push(`${method} ${url.replace(/^\/api\/(v\d)\/accounts\/\d+/, "$1")}`);
  });
  app.addHook("onSend", ({ method }, _reply, payload, done) => {
    if (method !== "GET") onAnswer();
    done(null, payload);
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    world,
    url,
    requests,
    order: async (...faults) => {
      const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json" };
      const { statusCode } = await app.inject({ method: "PUT", url: "/local/faults", headers, payload: faults });
      if (statusCode !== 200) throw new Error(`the faults were refused: ${statusCode}`);
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** Adds the row of a job in project 102 and environment 999, without the API's checks. */
export function addJob(world: World, more: Readonly<Record<string, unknown>> = {}): Job {
  const now = timestamp(world.clock.now());
  const body = jobBody.parse({
    name: "a job",
    project_id: 102,
    environment_id: 999,
    execute_steps: ["dbt build"],
    ...more,
  });
  return jobsOf(world).insert({
    ...body,
    account_id: world.accountId,
    job_type: jobTypeOf(body),
    cost_optimization_features: [],
    force_node_selection: true,
    created_at: now,
    updated_at: now,
    ...("updated_at" in more ? { updated_at: String(more["updated_at"]) } : {}),
  });
}

/** Adds a variable to project 102, for the whole project or for one job. */
export function addVariable(world: World, name: string, value: string, jobId: number | null = null): void {
  const now = timestamp(world.clock.now());
  environmentVariablesOf(world).insert({
    account_id: world.accountId,
    project_id: 102,
    name,
    type: jobId === null ? "project" : "job",
    environment_id: null,
    job_definition_id: jobId,
    value,
    created_at: now,
    updated_at: now,
  });
}

/** The jobs that were not deleted. */
export function liveJobs(world: World): Job[] {
  return jobsOf(world)
    .all()
    .filter(({ state }) => state === 1);
}

/** A job's own values of environment variables, by name. */
export function overridesOf(world: World, jobId: number): Record<string, string> {
  return Object.fromEntries(overrideRows(world, [jobId]).map(({ name, value }) => [name, value]));
}

/** Everything that is stored about some jobs, byte by byte. */
export function bytesOf(world: World, jobIds: readonly number[]): string {
  const jobs = jobIds.map((id) => jobsOf(world).get(id));
  return JSON.stringify({ jobs, overrides: overrideRows(world, jobIds) });
}

function overrideRows(world: World, jobIds: readonly number[]): EnvironmentVariable[] {
  return environmentVariablesOf(world)
    .all()
    .filter(({ job_definition_id: id }) => id !== null && jobIds.includes(id));
}

/** A local dbt Cloud with the platform team's world. It listens and runs no jobs. */
export async function openCloud(onAnswer?: (world: World) => void, now = new Date()): Promise<ListeningCloud> {
  const folder = mkdtempSync(join(tmpdir(), "cloud-"));
  const local = localDbtCloud(now, folder);
  const cloud = await listeningCloud(local.world, () => {
    onAnswer?.(local.world);
  });
  return {
    ...cloud,
    close: async () => {
      await cloud.close();
      await local.close();
      rmSync(folder, { recursive: true });
    },
  };
}
