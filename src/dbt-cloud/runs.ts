import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { hasEnded, RUN_STATUS } from "../jobs/run-status";
import { checkAnswer } from "./answers";
import type { DbtCloudClient, Query } from "./client";
import { DbtCloudError } from "./errors";

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

/** A run as the API returns it. */
export const runSchema = z.object({
  id: z.int(),
  account_id: z.int().nullish(),
  job_definition_id: z.int(),
  project_id: z.int(),
  environment_id: z.int().nullish(),
  status: z.int(),
  status_humanized: z.string(),
  status_message: z.string().nullish(),
  git_branch: z.string().nullish(),
  git_sha: z.string().nullish(),
  dbt_version: z.string().nullish(),
  created_at: z.string(),
  started_at: z.string().nullish(),
  finished_at: z.string().nullish(),
  duration: z.string().nullish(),
  can_retry: z.boolean().nullish(),
  trigger: z.object({ cause: z.string().nullish(), cause_category: z.string().nullish() }).nullish(),
  run_steps: z.array(stepSchema).nullish(),
});

/** A run as dbt Cloud has it. */
export type Run = z.output<typeof runSchema>;

/** The settings of one run that differ from those of its job. */
export interface TriggerBody {
  /**
   * Why the run is started, for people. It must differ from the cause of every other run, so that the run can be found when the
   * answer is lost.
   */
  readonly cause: string;
  readonly git_branch?: string;
  readonly schema_override?: string;
  /** A release track or a version of dbt: `compatible`, `1.11.0-latest`. */
  readonly dbt_version_override?: string;
  readonly steps_override?: readonly string[];
}

/** A node of the dbt project that failed. */
export interface FailedNode {
  /** `test.marketing_analytics.not_null_orders_order_id`, or a model. */
  readonly node: string;
  readonly status: string;
  /** dbt's message, with all of its lines. */
  readonly message: string;
  /** The query of the failing rows of a data test, as dbt compiled it; null for every other node. */
  readonly query: string | null;
}

/**
 * Starts a run of a job.
 *
 * @throws DbtCloudError when the request fails, or the answer is a different run
 */
export async function triggerRun(client: DbtCloudClient, jobId: number, body: TriggerBody): Promise<Run> {
  const path = `v2/jobs/${jobId}/run/`;
  const run = await client.post(path, body, runSchema, async () =>
    (await runsOfJob(client, jobId, SEARCHED)).find(({ trigger }) => trigger?.cause === body.cause),
  );
  checkRun(client, `POST ${path}`, run, { job_definition_id: jobId });
  checkAnswer(`POST ${path}`, { id: run.id, cause: run.trigger?.cause }, { cause: body.cause });
  return run;
}

function checkRun(
  client: DbtCloudClient,
  request: string,
  run: Run,
  expected: Readonly<Record<string, unknown>>,
): void {
  checkAnswer(request, run, { account_id: client.accountId, ...expected });
}

/** A job's newest run; undefined when the job never ran. */
export async function newestRun(client: DbtCloudClient, jobId: number): Promise<Run | undefined> {
  return (await runsOfJob(client, jobId, 1))[0];
}

/**
 * Whether a run of a job or of an environment has succeeded, so that other jobs can defer to it.
 *
 * @throws DbtCloudError when the request fails, or the answer has a run of another job or environment
 */
export async function hasSucceeded(
  client: DbtCloudClient,
  where: { readonly job_definition_id: number } | { readonly environment_id: number },
): Promise<boolean> {
  const filter = { ...where, status: RUN_STATUS.success };
  const runs = await client.first("v2/runs/", runSchema, { ...filter, order_by: "-id" }, 1);
  for (const run of runs) checkRun(client, "GET v2/runs/", run, filter);
  return runs.length > 0;
}

/**
 * Retries a job's last run, from the point of failure.
 *
 * @param failed the id of that run. A newer run is the one that an earlier attempt started whose answer was lost.
 */
export async function rerun(client: DbtCloudClient, jobId: number, failed: number): Promise<Run> {
  const path = `v2/jobs/${jobId}/rerun/`;
  const run = await client.post(path, {}, runSchema, async () =>
    (await runsOfJob(client, jobId, SEARCHED)).find(({ id }) => id > failed),
  );
  checkRun(client, `POST ${path}`, run, { job_definition_id: jobId });
  return run;
}

/** Whether a run has ended. */
export function isOver({ status }: Pick<Run, "status">): boolean {
  return hasEnded(status);
}

/**
 * Waits for the end of a run.
 *
 * @param onStep is called for each step that has ended, with the number of all steps
 * @param options.onRead is called with the run after each read of a run that goes on
 * @returns the run after its end
 * @throws DbtCloudError when a request fails, or the program stops
 */
export async function follow(
  client: DbtCloudClient,
  runId: number,
  onStep: (step: RunStep, count: number) => void,
  { pollMilliseconds = 2000, onRead }: { pollMilliseconds?: number; onRead?: (run: Run) => void } = {},
): Promise<Run> {
  const reported = new Set<number>();
  for (;;) {
    const run = await readRun(client, runId);
    const steps = run.run_steps ?? [];
    for (const step of steps) {
      if (!isOver(step) || reported.has(step.index)) continue;
      reported.add(step.index);
      onStep(step, steps.length);
    }
    if (isOver(run)) return run;
    onRead?.(run);
    await client.pause(pollMilliseconds);
  }
}

/**
 * Cancels a run, and waits for its end. A run that has ended does not change.
 *
 * @param limitMilliseconds how long to wait for the end
 * @returns the run after its end
 * @throws DbtCloudError when a request fails, the program stops, or the run has not ended in time
 */
export async function cancelRun(
  client: DbtCloudClient,
  runId: number,
  { pollMilliseconds = 2000, limitMilliseconds = 300_000 } = {},
): Promise<Run> {
  const path = `v2/runs/${runId}/cancel/`;
  let refusal: DbtCloudError | undefined;
  try {
    checkRun(client, `POST ${path}`, await client.post(path, {}, runSchema), { id: runId });
  } catch (error) {
    // dbt Cloud can refuse to cancel a run that has just ended.
    if (!(error instanceof DbtCloudError && error.failure === "refused")) throw error;
    refusal = error;
  }
  for (let waited = 0; waited <= limitMilliseconds; waited += pollMilliseconds) {
    const run = await readRun(client, runId);
    if (isOver(run)) return run;
    if (refusal !== undefined) throw refusal;
    await client.pause(pollMilliseconds);
  }
  const minutes = limitMilliseconds / 60_000;
  throw new DbtCloudError("lost", {
    problem: `run ${runId} has not ended ${minutes} minutes after it was cancelled`,
    fix: "look at it in dbt Cloud, then try again",
    request: `POST ${path}`,
  });
}

/** A run with its steps. Of a long log it has only the last lines. */
export function readRun(client: DbtCloudClient, runId: number): Promise<Run> {
  return runWith(client, runId, ["run_steps"]);
}

/** A run with its steps and their complete logs, which can be many megabytes. */
export function readRunWithLogs(client: DbtCloudClient, runId: number): Promise<Run> {
  return runWith(client, runId, ["run_steps", "debug_logs"]);
}

async function runWith(client: DbtCloudClient, runId: number, related: readonly string[]): Promise<Run> {
  const path = `v2/runs/${runId}/`;
  const run = await client.get(path, runSchema, { include_related: JSON.stringify(related) });
  checkRun(client, `GET ${path}`, run, { id: runId });
  return run;
}

/**
 * The runs of an environment, newest first.
 *
 * @param query further filters of the API
 * @throws DbtCloudError when a request fails, or the list has a run of another account or environment
 */
export async function listRuns(client: DbtCloudClient, environmentId: number, query: Query): Promise<Run[]> {
  const filter = { environment_id: environmentId };
  const related = { order_by: "-id", include_related: '["trigger"]' };
  const runs = await client.list("v2/runs/", runSchema, { ...related, ...filter, ...query });
  for (const run of runs) checkRun(client, "GET v2/runs/", run, filter);
  return runs;
}

/** The filter of {@link listRuns} for the runs that were created in a period. */
export function createdIn({ from, to }: { readonly from: Date; readonly to: Date }): Query {
  return { created_at__range: JSON.stringify([from.toISOString(), to.toISOString()]) };
}

/**
 * The tests and models that failed in the first failed step of a run, in dbt's own words.
 *
 * @throws DbtCloudError when the artifact `run_results.json` is not readable
 */
export async function failedNodes(client: DbtCloudClient, run: Run): Promise<FailedNode[]> {
  const step = failedStep(run);
  if (!step) return [];
  const text = await client.file(resultsPath(run.id), { step: step.index });
  if (text === undefined) return [];
  const { results } = resultsIn(text, run.id);
  return results
    .filter(({ status }) => FAILURES.includes(status))
    .map(({ unique_id, status, message, compiled_code }) => ({
      node: unique_id,
      status,
      message: (message ?? "").trim(),
      query: unique_id.startsWith("test.") ? compiled_code?.trim() || null : null,
    }));
}

/** The result of a node of the dbt project in a run. */
export interface NodeResult {
  /** `model.marketing_analytics.orders` */
  readonly node: string;
  /** dbt's word: `success`, `pass`, `fail`, `error`, `skipped` and others. */
  readonly status: string;
  /** How long the warehouse worked on it. */
  readonly seconds: number;
  /** The command of dbt: `build`, `run`, `test`. Empty when dbt did not write it. */
  readonly command: string;
}

/** Steps whose command writes `run_results.json` with nodes that the warehouse works on. */
const RESULT_STEP = /\bdbt\b.*\b(?:build|run|test|seed|snapshot|retry)(?![-\w])/;

/**
 * The results of all nodes in all steps of a run.
 *
 * @param run the run with its steps
 * @throws DbtCloudError when an artifact `run_results.json` is not readable
 */
export async function nodeResults(client: DbtCloudClient, run: Run): Promise<NodeResult[]> {
  const invocations = new Set<string>();
  const found: NodeResult[] = [];
  for (const { index } of (run.run_steps ?? []).filter(({ name }) => RESULT_STEP.test(name))) {
    const text = await client.file(resultsPath(run.id), { step: index });
    if (text === undefined) continue;
    const { metadata, args, results } = resultsIn(text, run.id);
    // A step that wrote no results can have those of the step before it.
    const invocation = metadata?.invocation_id ?? `step ${index}`;
    if (invocations.has(invocation)) continue;
    invocations.add(invocation);
    const command = args?.which ?? "";
    found.push(
      ...results.map(({ unique_id: node, status, execution_time }) => ({
        node,
        status,
        seconds: execution_time ?? 0,
        command,
      })),
    );
  }
  return found;
}

/** The step in which a run failed. */
export function failedStep({ run_steps }: Run): RunStep | undefined {
  return run_steps?.find(({ status }) => status === RUN_STATUS.error);
}

const LAST_LINES = 10;
const ERROR_LINES = 40;
/** The line after which dbt prints the error that ended it. */
const DBT_ERROR = /\bEncountered an error:/;

/**
 * The lines of the failed step's log that explain a failure which no test or model reports: dbt's error, or else the last lines of
 * the log. They have no colors.
 */
export function failedLog(run: Run): string[] {
  const text = stripVTControlCharacters(failedStep(run)?.logs ?? "");
  const lines = text.split("\n").map((line) => line.trimEnd());
  const start = lines.findLastIndex((line) => DBT_ERROR.test(line));
  const filled = lines.slice(Math.max(start, 0)).filter(Boolean);
  return start < 0 ? filled.slice(-LAST_LINES) : filled.slice(0, ERROR_LINES);
}

/** The address of a run's page in dbt Cloud. */
export function runUrl(client: DbtCloudClient, { id, project_id }: Pick<Run, "id" | "project_id">): string {
  return client.pageUrl(`projects/${project_id}/runs/${id}`);
}

const FAILURES: readonly string[] = ["fail", "error", "runtime error"];

const runResultsSchema = z.object({
  metadata: z.object({ invocation_id: z.string().nullish() }).nullish(),
  args: z.object({ which: z.string().nullish() }).nullish(),
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      compiled_code: z.string().nullish(),
      execution_time: z.number().nullish(),
    }),
  ),
});

function resultsPath(runId: number): string {
  return `v2/runs/${runId}/artifacts/run_results.json`;
}

/** The results of nodes in a `run_results.json`. */
function resultsIn(text: string, runId: number): z.output<typeof runResultsSchema> {
  try {
    return runResultsSchema.parse(JSON.parse(text));
  } catch {
    throw new DbtCloudError("unreadable", {
      problem: `run_results.json of run ${runId} does not have the format that dbt writes`,
      fix: "look at the run in dbt Cloud",
      request: `GET ${resultsPath(runId)}`,
    });
  }
}

/** How many of a job's newest runs are searched for a run that was just started. */
const SEARCHED = 20;

/** The newest runs of a job with their triggers, newest first. At most 100 can be read. */
export async function runsOfJob(client: DbtCloudClient, jobId: number, count: number): Promise<readonly Run[]> {
  const filter = { job_definition_id: jobId };
  const query = { ...filter, order_by: "-id", include_related: '["trigger"]' };
  const runs = await client.first("v2/runs/", runSchema, query, count);
  for (const run of runs) checkRun(client, "GET v2/runs/", run, filter);
  return runs;
}
