import { z } from "zod";
import { DbtCloudClient } from "../dbt-cloud/client";
import { eachAfter, inOrder } from "../jobs/order";
import { nextFireTimes } from "../jobs/schedule";
import type { EnvironmentDefinition } from "../env-files/definition";
import type { CreatedJob, DeclaredJob } from "./declared-jobs";

/** The run of a rehearsed job, with the details of steps that only a local dbt Cloud returns. */
const runSchema = z.object({
  id: z.int(),
  status_humanized: z.string(),
  is_complete: z.boolean(),
  is_success: z.boolean(),
  is_error: z.boolean(),
  is_cancelled: z.boolean(),
  duration: z.string(),
  run_steps: z.array(
    z.object({
      name: z.string(),
      status_humanized: z.string(),
      selected_nothing: z.boolean(),
      logs: z.string(),
    }),
  ),
});

/** A run of a local dbt Cloud. */
export type RehearsedRun = z.output<typeof runSchema>;

/** A job with its run. */
export interface Rehearsed {
  readonly job: CreatedJob;
  readonly run: RehearsedRun;
  /** Whether another job started it (`run_after`). */
  readonly isTriggered: boolean;
}

const POLL_MILLISECONDS = 200;

/**
 * Sorts jobs by their dependencies. An environment comes after the environments that its jobs defer to. Within an
 * environment, jobs are in order of their time of day, on-demand jobs last, and each job after the jobs that it refers
 * to.
 *
 * @param now the current time, which decides the next time of day
 */
export function inRehearsalOrder(environments: readonly EnvironmentDefinition[], now: Date): DeclaredJob[] {
  return byDeferral(environments).flatMap((environment) => {
    const { jobs } = environment;
    const startOf = (key: string): string => {
      const { schedule } = jobs[key]!;
      const [next] = schedule ? nextFireTimes(schedule, now, 1) : [];
      return next?.toISOString().slice(11) ?? "on demand";
    };
    const keys = Object.keys(jobs).sort((a, b) => startOf(a).localeCompare(startOf(b)));
    return inOrder(keys, jobs).map((key) => ({ environment, key, definition: jobs[key]! }));
  });
}

/** Sorts environments: each comes after the environments that its jobs defer to. */
function byDeferral(environments: readonly EnvironmentDefinition[]): EnvironmentDefinition[] {
  return eachAfter(environments, ({ jobs }) => {
    const names = Object.values(jobs).map(({ defer_to }) =>
      typeof defer_to === "object" && "environment" in defer_to ? defer_to.environment : undefined,
    );
    return environments.filter(({ name }) => names.includes(name));
  });
}

/** Runs created jobs one after the other in the given order, and waits for each. */
export async function* rehearse(client: DbtCloudClient, jobs: readonly CreatedJob[]): AsyncIterable<Rehearsed> {
  const done: Rehearsed[] = [];
  for (const job of jobs) {
    const isTriggered = isStartedByOneOf(done, job);
    const runId = isTriggered ? await newestRunOf(client, job) : await startRun(client, job);
    const rehearsed = { job, run: await endOf(client, runId), isTriggered };
    done.push(rehearsed);
    yield rehearsed;
  }
}

/** Whether a rehearsed job has started this job. The local dbt Cloud writes both changes at the same time. */
function isStartedByOneOf(done: readonly Rehearsed[], { environment, definition }: CreatedJob): boolean {
  const { run_after } = definition;
  const before = done.find(({ job }) => job.environment === environment && job.key === run_after?.job);
  if (!before || !run_after) return false;
  const { is_success, is_error, is_cancelled } = before.run;
  const ended = { success: is_success, error: is_error, canceled: is_cancelled };
  return run_after.on.some((status) => ended[status]);
}

const startedSchema = z.object({ id: z.int() });

async function startRun(client: DbtCloudClient, { id }: CreatedJob): Promise<number> {
  return (await client.post(`v2/jobs/${id}/run/`, { cause: "Rehearsal" }, startedSchema)).id;
}

async function newestRunOf(client: DbtCloudClient, { id }: CreatedJob): Promise<number> {
  const query = { job_definition_id: id, order_by: "-id" };
  const [run] = await client.first("v2/runs/", startedSchema, query, 1);
  if (!run) throw new Error(`job ${id} was not started by the job that it runs after`);
  return run.id;
}

async function endOf(client: DbtCloudClient, runId: number): Promise<RehearsedRun> {
  for (;;) {
    const run = await client.get(`v2/runs/${runId}/`, runSchema, { include_related: '["run_steps"]' });
    if (run.is_complete) return run;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}
