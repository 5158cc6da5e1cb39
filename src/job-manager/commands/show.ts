import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import type { JobDefinition } from "../../jobs/definition";
import { printable } from "../../jobs/printable";
import { cronOf, nextFireTimes } from "../../jobs/schedule";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import { scheduleWords } from "../output/schedule-words";
import { orDash, table } from "../output/table";
import { utc } from "../output/time";
import type { OfflineDependencies, CommandResult } from "./command";

export interface ShowOptions {
  /** Env files or folders of them. */
  readonly files: readonly string[];
  /** The number of next runs to show for each job. */
  readonly next: number;
}

/**
 * Shows the jobs that env files declare: key, schedule in words, next runs and steps.
 *
 * @throws ConfigurationError with all problems of all files
 */
export function show({ files, next }: ShowOptions, dependencies: OfflineDependencies): CommandResult {
  const { env, now } = dependencies;
  const environments = loadEnvironments(files, readSettings(env));
  return {
    exitCode: EXIT.ok,
    text: environments.map((environment) => asTable(environment, next, dependencies)).join("\n\n"),
    json: environments.map((environment) => asJson(environment, next, now)),
  };
}

function asTable(environment: EnvironmentDefinition, next: number, { now, ...screen }: OfflineDependencies): string {
  const jobs = Object.entries(environment.jobs);
  const branch = environment.git_branch ? ` from branch ${environment.git_branch}` : "";
  const heading = printable(
    `${environment.name}: ${counted(jobs.length, "job")}, applied by ${environment.applied_by}${branch}`,
  );
  const rows = jobs.map(([key, job]) => [
    key,
    scheduleWords(job),
    orDash(nextRuns(job, next, now).map((time) => runTime(time, environment.timezone))),
    job.execute_steps,
  ]);
  const zones = environment.timezone === "UTC" ? "UTC" : `UTC, ${environment.timezone}`;
  return `${heading}\n${table(["KEY", "SCHEDULE (UTC)", `NEXT RUNS (${zones})`, "STEPS"], rows, screen)}`;
}

function asJson(environment: EnvironmentDefinition, next: number, now: Date): ResultOf<"show">[number] {
  return {
    name: environment.name,
    applied_by: environment.applied_by,
    git_branch: environment.git_branch ?? null,
    jobs: Object.entries(environment.jobs).map(([key, job]) => ({
      key,
      category: job.category,
      owner: job.owner,
      schedule: scheduleWords(job),
      cron: job.schedule ? cronOf(job.schedule) : null,
      next_runs: nextRuns(job, next, now).map((time) => time.toISOString()),
      expects: job.expects,
      execute_steps: job.execute_steps,
    })),
  };
}

function nextRuns(job: JobDefinition, count: number, now: Date): Date[] {
  return job.schedule && !job.paused ? nextFireTimes(job.schedule, now, count) : [];
}

/** A run's time in UTC, and in the file's time zone if it has another one. */
function runTime(time: Date, timezone: string): string {
  if (timezone === "UTC") return utc(time);
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${utc(time)}, ${local.format(time)}`;
}
