import { environmentAnswer, environmentsOf } from "../environments/environments";
import type { World } from "../../world";
import { readLog, runFolder } from "./files";
import { retryOf } from "./retry";
import { inProgress, runsOf, stepsOfRun, type Run, type RunStep } from "./runs";
import { ago, clockDuration, secondsBetween, statusFields, stepStatusFields, wordyDuration } from "./words";

/** The lines of a log that are answered unless the whole is asked for. */
const LAST_LINES = 1000;

/** A run as it is answered: with its steps and its environment where they are asked for. */
export function runAnswer(world: World, run: Run, related: readonly string[] = []): Record<string, unknown> {
  const { step_ids: _steps, commands: _commands, trigger, ...row } = run;
  const environment = related.includes("environment") ? environmentsOf(world).get(run.environment_id) : undefined;
  const retry = retryOf(world, run);
  const withSteps = related.includes("run_steps") || related.includes("debug_logs");
  return {
    ...row,
    ...statusFields(run.status),
    ...durations(world, run),
    trigger_id: run.id,
    job_id: run.job_definition_id,
    owner_thread_id: null,
    executed_by_thread_id: null,
    artifact_s3_path: null,
    notifications_sent: false,
    used_repo_cache: false,
    blocked_by: blockedBy(world, run),
    last_checked_at: null,
    last_heartbeat_at: null,
    can_retry: retry.possible,
    retry_not_supported_reason: retry.possible ? null : retry.reason,
    href: `/deploy/${run.account_id}/projects/${run.project_id}/runs/${run.id}/`,
    deprecation: { count: 0 },
    audit: null,
    repository: null,
    trigger: related.includes("trigger") ? triggerAnswer(run, trigger) : null,
    job: null,
    environment: environment ? environmentAnswer(environment) : null,
    run_steps: withSteps
      ? stepsOfRun(world, run).map((step) => stepAnswer(world, step, related.includes("debug_logs")))
      : null,
  };
}

/** A step as it is answered, with its log. */
export function stepAnswer(world: World, step: RunStep, wholeLogs: boolean): Record<string, unknown> {
  const { command, process_id: _process, ...row } = step;
  const folder = world.runner && runFolder(world.runner.folder, step.run_id);
  const logs = folder ? readLog(folder.log(step.index)) : "";
  const debugLogs = folder && wholeLogs ? readLog(folder.debugLog(step.index)) : null;
  const seconds = secondsBetween(step.started_at, step.finished_at, world.now());
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

function triggerAnswer(run: Run, trigger: Run["trigger"]): object {
  return { id: run.id, job_definition_id: run.job_definition_id, created_at: run.created_at, ...trigger };
}

function durations(world: World, run: Run): Record<string, unknown> {
  const now = world.now();
  const seconds = {
    duration: secondsBetween(run.created_at, run.finished_at, now),
    queued_duration: secondsBetween(run.created_at, run.started_at ?? run.finished_at, now),
    run_duration: secondsBetween(run.started_at, run.finished_at, now),
  };
  return {
    ...Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, clockDuration(value)])),
    ...Object.fromEntries(Object.entries(seconds).map(([name, value]) => [`${name}_humanized`, wordyDuration(value)])),
    created_at_humanized: ago(run.created_at, now),
    finished_at_humanized: ago(run.finished_at, now),
  };
}

/** The earlier runs of the environment that a waiting run waits for. */
function blockedBy(world: World, run: Run): number[] {
  if (run.status !== 1) return [];
  return runsOf(world)
    .all()
    .filter((other) => other.id < run.id && other.environment_id === run.environment_id && inProgress(other))
    .map(({ id }) => id);
}

function lastLines(text: string): string {
  const lines = text.split("\n");
  return lines.length <= LAST_LINES ? text : lines.slice(-LAST_LINES).join("\n");
}
