import { listJobs } from "../../dbt-cloud/jobs";
import type { Run } from "../../dbt-cloud/runs";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import { rowCommands } from "../output/failure-block";
import type { ResultOf } from "../output/result-schemas";
import { statusText } from "../output/status-text";
import { jobStatuses, type Failure, type JobStatus, type LastRun } from "../runs/job-status";
import { checkKeys, configOption, jobsByKey, openTarget, type Target } from "../target";
import type { CommandDependencies, CommandResult } from "./command";

export interface StatusOptions {
  readonly config: string;
  /** The keys of the jobs to show; empty means all jobs of the file. */
  readonly keys: readonly string[];
  /** Ends with exit code 2 when a last run failed or a job missed its SLA. */
  readonly exitCode: boolean;
  /**
   * Shows the status again and again, until the person stops the command. It is called before each time.
   *
   * @default - the status is shown once
   */
  readonly watch?: () => void;
}

/** How long a watched status is shown. */
const WATCH_MILLISECONDS = 30_000;

/**
 * Shows what failed in the last runs of jobs, what waits for it and which deadlines break, and the last runs of all jobs.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when a key is unknown
 */
export async function status(options: StatusOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const target = openTarget(options.config, dependencies);
  checkKeys(options.keys, Object.keys(target.environment.jobs), options.config);
  const { watch } = options;
  if (!watch) return statusAt(dependencies.now, options, target, dependencies);
  for (;;) {
    const now = dependencies.clock.now();
    const result = await statusAt(now, options, target, dependencies);
    watch();
    for (const line of result.text.split("\n")) dependencies.write(line);
    dependencies.write(`${now.toISOString().slice(11, 19)} UTC; Ctrl-C ends the command`);
    await target.client.pause(WATCH_MILLISECONDS);
    if (dependencies.stop.aborted) return { ...result, text: "" };
  }
}

async function statusAt(
  now: Date,
  options: StatusOptions,
  target: Target,
  dependencies: CommandDependencies,
): Promise<CommandResult> {
  const { environment, client, where } = target;
  const records = jobsByKey(target, await listJobs(client, where, { withLastRun: true }));
  const keys = Object.keys(environment.jobs).filter((key) => options.keys.length === 0 || options.keys.includes(key));
  const jobs = await jobStatuses(keys, target, records, now);
  const isFine = jobs.every(({ lastRun, sla }) => !lastRun?.failure && (sla?.missed ?? null) === null);
  const shown = {
    jobs,
    definitions: environment.jobs,
    isDetailed: options.keys.length > 0,
    configOption: configOption(target, options.config),
    now,
  };
  return {
    exitCode: options.exitCode && !isFine ? EXIT.onRequest : EXIT.ok,
    text: branchNote(target) ?? statusText(shown, dependencies),
    json: jobs.map(asJson),
  };
}

/** A branch that Terraform applies has no branch jobs, so a table would only say that none of them is deployed. */
function branchNote({ branch, beside, fileOf }: Target): string | undefined {
  if (!branch || !beside.some(({ git_branch }) => git_branch === branch.owner.ref)) return undefined;
  const commands = beside
    .filter(({ applied_by }) => applied_by === "terraform")
    .map((environment) => `  dbt-job-manager status --config ${fileOf.get(environment)}   # ${environment.name}`);
  return [`Name an env file, because ${branch.owner.ref} has no branch jobs: Terraform applies its jobs.`, ...commands]
    .map(printable)
    .join("\n");
}

function asJson({ key, id, lastRun, expects, sla, url }: JobStatus): ResultOf<"status">[number] {
  return {
    key,
    id: id ?? null,
    last_run: lastRun ? runJson(lastRun) : null,
    expects,
    sla: sla ? { deadline: sla.deadline.toISOString(), missed: sla.missed } : null,
    url: url ?? null,
  };
}

function runJson({ run, url, failure }: LastRun): ResultOf<"status">[number]["last_run"] {
  return {
    id: run.id,
    status: run.status_humanized,
    is_failure: failure !== undefined,
    finished_at: run.finished_at ?? null,
    duration: run.duration ?? null,
    url,
    failed_step: failure?.step ?? null,
    failed: failure?.failed ?? [],
    log: failure?.log ?? [],
    failure: failure ? failureJson(failure) : null,
  };
}

function failureJson({
  failed,
  earlier,
  consequences,
}: Failure): NonNullable<NonNullable<ResultOf<"status">[number]["last_run"]>["failure"]> {
  return {
    since: commitOf(earlier.since),
    failures: earlier.failures,
    last_success: earlier.lastSuccess ? commitOf(earlier.lastSuccess) : null,
    runs_read: earlier.read.runs,
    runs_failed: earlier.read.failed,
    same_way: earlier.sameWay.map(({ id }) => id),
    recovered_on_same_commit: earlier.recovered?.id ?? null,
    row_commands: rowCommands(failed),
    waiting: consequences.waiting,
    deadlines_at_risk: consequences.atRisk.map(({ key, deadline }) => ({ key, at: deadline.at.toISOString() })),
  };
}

function commitOf({ id, created_at, git_sha }: Run): { run_id: number; created_at: string; commit: string | null } {
  return { run_id: id, created_at, commit: git_sha ?? null };
}
