import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { DbtCloudClient, Query } from "./client";
import { DbtCloudError } from "./errors";

/** dbt Cloud's numbers for where a run stands. */
export const RUN_STATUS = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const;

const stepSchema = z.object({
  index: z.int(),
  name: z.string(),
  status: z.int(),
  status_humanized: z.string(),
  duration: z.string().nullish(),
  logs: z.string().nullish(),
});

/** One step of a run: a dbt command. */
export type RunStep = z.output<typeof stepSchema>;

/** The row that the API returns for a run. */
export const runSchema = z.object({
  id: z.int(),
  job_definition_id: z.int(),
  project_id: z.int(),
  status: z.int(),
  status_humanized: z.string(),
  status_message: z.string().nullish(),
  git_branch: z.string().nullish(),
  created_at: z.string(),
  finished_at: z.string().nullish(),
  duration: z.string().nullish(),
  trigger: z.object({ cause: z.string().nullish(), cause_category: z.string().nullish() }).nullish(),
  run_steps: z.array(stepSchema).nullish(),
});

/** A run as dbt Cloud has it. */
export type Run = z.output<typeof runSchema>;

/** What a run is started with. */
export interface TriggerBody {
  /** Why, for people; unlike that of other runs, so that the run is found again when the answer is lost. */
  readonly cause: string;
  readonly git_branch?: string;
  readonly schema_override?: string;
  readonly steps_override?: readonly string[];
}

/** A node of the dbt project that did not come out well. */
export interface FailedNode {
  /** `test.marketing_analytics.not_null_orders_order_id`, or a model. */
  readonly node: string;
  readonly status: string;
  readonly message: string;
}

/** Starts a run of a job. */
export function triggerRun(client: DbtCloudClient, jobId: number, body: TriggerBody): Promise<Run> {
  return client.post(`v2/jobs/${jobId}/run/`, body, runSchema, async () =>
    (await newestRuns(client, jobId, LOOKED_THROUGH)).find(({ trigger }) => trigger?.cause === body.cause),
  );
}

/** A job's newest run; undefined when it never ran. */
export async function newestRun(client: DbtCloudClient, jobId: number): Promise<Run | undefined> {
  return (await newestRuns(client, jobId, 1))[0];
}

/**
 * Goes on with a job's last run from where it failed.
 *
 * @param failed the id of that run; what is newer is what an earlier attempt started whose answer was lost
 */
export function rerun(client: DbtCloudClient, jobId: number, failed: number): Promise<Run> {
  return client.post(`v2/jobs/${jobId}/rerun/`, {}, runSchema, async () =>
    (await newestRuns(client, jobId, LOOKED_THROUGH)).find(({ id }) => id > failed),
  );
}

/** Whether a run has come to its end. */
export function isOver({ status }: Pick<Run, "status">): boolean {
  return status >= RUN_STATUS.success;
}

/** Waits for a run's end, and tells of each step that has ended. */
export async function follow(
  client: DbtCloudClient,
  runId: number,
  onStep: (step: RunStep, count: number) => void,
  { pollMilliseconds = 2000 } = {},
): Promise<Run> {
  const told = new Set<number>();
  for (;;) {
    const run = await readRun(client, runId);
    const steps = run.run_steps ?? [];
    for (const step of steps) {
      if (!isOver(step) || told.has(step.index)) continue;
      told.add(step.index);
      onStep(step, steps.length);
    }
    if (isOver(run)) return run;
    await sleep(pollMilliseconds);
  }
}

/** A run with its steps. */
export function readRun(client: DbtCloudClient, runId: number): Promise<Run> {
  return client.get(`v2/runs/${runId}/`, runSchema, { include_related: '["run_steps"]' });
}

/** All runs of a query, newest first. */
export function listRuns(client: DbtCloudClient, query: Query): Promise<Run[]> {
  return client.list("v2/runs/", runSchema, { order_by: "-id", include_related: '["trigger"]', ...query });
}

/** The tests and models that failed in a run's first step that ended in error, as dbt reports them. */
export async function failedNodes(client: DbtCloudClient, run: Run): Promise<FailedNode[]> {
  const step = failedStep(run);
  if (!step) return [];
  const text = await client.file(`v2/runs/${run.id}/artifacts/run_results.json`, { step: step.index });
  if (text === undefined) return [];
  const results = resultsIn(text, run.id);
  return results
    .filter(({ status }) => FAILURES.includes(status))
    .map(({ unique_id, status, message }) => ({ node: unique_id, status, message: (message ?? "").trim() }));
}

/** The step in which a run failed. */
export function failedStep({ run_steps }: Run): RunStep | undefined {
  return run_steps?.find(({ status }) => status === RUN_STATUS.error);
}

const LAST_LINES = 10;

/** The end of the log of the step in which a run failed, for failures that are not those of a test or model. */
export function failedLog(run: Run): string[] {
  const lines = (failedStep(run)?.logs ?? "").split("\n").map((line) => line.trimEnd());
  return lines.filter(Boolean).slice(-LAST_LINES);
}

/** A run's page. */
export function runUrl(client: DbtCloudClient, { id, project_id }: Pick<Run, "id" | "project_id">): string {
  return client.pageUrl(`projects/${project_id}/runs/${id}`);
}

const FAILURES: readonly string[] = ["fail", "error", "runtime error"];

const runResultsSchema = z.object({
  results: z.array(z.object({ unique_id: z.string(), status: z.string(), message: z.string().nullish() })),
});

/** What dbt wrote of its nodes. */
function resultsIn(text: string, runId: number): z.output<typeof runResultsSchema>["results"] {
  try {
    return runResultsSchema.parse(JSON.parse(text)).results;
  } catch {
    throw new DbtCloudError("unreadable", `run_results.json of run ${runId} is not what dbt writes`);
  }
}

/** How many of a job's newest runs are looked through for one that was started just now. */
const LOOKED_THROUGH = 20;

function newestRuns(client: DbtCloudClient, jobId: number, count: number): Promise<readonly Run[]> {
  const query = { job_definition_id: jobId, order_by: "-id", include_related: '["trigger"]' };
  return client.first("v2/runs/", runSchema, query, count);
}
