import type { World } from "../../world";
import { environmentAnswer } from "../environments/answer";
import { environmentsOf } from "../environments/environments";
import { ago, clockDuration, secondsBetween, wordyDuration } from "./durations";
import { readLog, runFolder } from "./files";
import { runsInProgress } from "./groups";
import { retryOf } from "./retry";
import { STATUS, stepsOfRun, type Run, type RunStep } from "./runs";
import { statusFields, stepStatusFields } from "./status-fields";

/** The number of lines of a log in an answer, unless the request asks for debug logs. */
const LAST_LINES = 1000;

/**
 * A run as it is answered: with the steps and the environment that a request asks for. The fields are written out,
 * because a list has hundreds of runs, and spreading a large object takes a hundred times as long.
 */
export function runAnswer(world: World, run: Run, related: readonly string[] = []): Record<string, unknown> {
  const environment = related.includes("environment") ? environmentsOf(world).get(run.environment_id) : undefined;
  const retry = retryOf(world, run);
  const withSteps = related.includes("run_steps") || related.includes("debug_logs");
  return {
    id: run.id,
    trigger_id: run.id,
    account_id: run.account_id,
    project_id: run.project_id,
    environment_id: run.environment_id,
    job_definition_id: run.job_definition_id,
    job_id: run.job_definition_id,
    status_message: run.status_message,
    dbt_version: run.dbt_version,
    git_branch: run.git_branch,
    git_sha: run.git_sha,
    retrying_run_id: run.retrying_run_id,
    deferring_run_id: run.deferring_run_id,
    has_docs_generated: run.has_docs_generated,
    has_sources_generated: run.has_sources_generated,
    artifacts_saved: run.artifacts_saved,
    artifact_s3_path: null,
    should_start_at: run.should_start_at,
    dequeued_at: run.dequeued_at,
    started_at: run.started_at,
    finished_at: run.finished_at,
    created_at: run.created_at,
    updated_at: run.updated_at,
    last_checked_at: null,
    last_heartbeat_at: null,
    owner_thread_id: null,
    executed_by_thread_id: null,
    notifications_sent: false,
    used_repo_cache: false,
    blocked_by: blockedBy(world, run),
    can_retry: retry.possible,
    retry_not_supported_reason: retry.possible ? null : retry.reason,
    href: `${world.url?.() ?? ""}/deploy/${run.account_id}/projects/${run.project_id}/runs/${run.id}/`,
    deprecation: { count: 0 },
    audit: null,
    repository: null,
    trigger: related.includes("trigger") ? triggerAnswer(run) : null,
    job: null,
    environment: environment ? environmentAnswer(environment, world) : null,
    run_steps: withSteps
      ? stepsOfRun(world, run).map((step) => stepAnswer(world, step, related.includes("debug_logs")))
      : null,
    ...statusFields(run.status),
    ...durations(world, run),
  };
}

/** A step as it is answered, with its log. */
export function stepAnswer(world: World, step: RunStep, wholeLogs: boolean): Record<string, unknown> {
  const { command, process_id: _process, ...row } = step;
  const folder = world.runsFolder === undefined ? undefined : runFolder(world.runsFolder, step.run_id);
  const logs = folder ? readLog(folder.log(step.index)) : "";
  const debugLogs = folder && wholeLogs ? readLog(folder.debugLog(step.index)) : null;
  const seconds = secondsBetween(step.started_at, step.finished_at, world.clock.now());
  return {
    ...row,
    ...stepStatusFields(step.status),
    logs: wholeLogs ? logs : lastLines(logs),
    debug_logs: debugLogs,
    truncated_debug_logs: debugLogs === null ? null : lastLines(debugLogs),
    log_path: null,
    debug_log_path: null,
    duration: clockDuration(seconds),
    duration_humanized: wordyDuration(seconds),
    run_step_command: command === null ? null : { run_step_id: step.id, dbt_command: command },
    run_step_invocation: { run_id: step.run_id, run_step_id: step.id },
  };
}

function triggerAnswer({ id, job_definition_id, created_at, trigger }: Run): object {
  return { id, job_definition_id, created_at, ...trigger };
}

function durations(world: World, { created_at, started_at, finished_at }: Run): Record<string, unknown> {
  const now = world.clock.now();
  const altogether = secondsBetween(created_at, finished_at, now);
  const queued = secondsBetween(created_at, started_at ?? finished_at, now);
  const running = secondsBetween(started_at, finished_at, now);
  return {
    duration: clockDuration(altogether),
    duration_humanized: wordyDuration(altogether),
    queued_duration: clockDuration(queued),
    queued_duration_humanized: wordyDuration(queued),
    run_duration: clockDuration(running),
    run_duration_humanized: wordyDuration(running),
    created_at_humanized: ago(created_at, now),
    finished_at_humanized: ago(finished_at, now),
  };
}

/** The earlier runs of the environment that a queued run waits for. */
function blockedBy(world: World, { id, status, environment_id }: Run): number[] {
  if (status !== STATUS.queued) return [];
  return runsInProgress(world, environment_id)
    .filter((other) => other.id < id)
    .map((other) => other.id);
}

function lastLines(text: string): string {
  const lines = text.split("\n");
  return lines.length <= LAST_LINES ? text : lines.slice(-LAST_LINES).join("\n");
}
