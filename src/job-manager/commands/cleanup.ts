import { listJobs } from "../../dbt-cloud/jobs";
import { failedStep, follow, listRuns, runUrl, triggerRun } from "../../dbt-cloud/runs";
import { schemasOverlap, SHARED_SCHEMA } from "../../jobs/branch-schema";
import { printable } from "../../jobs/printable";
import { RUN_STATUS, UNFINISHED } from "../../jobs/run-status";
import { isMostOf } from "../branch-jobs/deletions";
import { markOf } from "../branch-jobs/mark";
import { readRemoteBranches } from "../branch-jobs/remote-branches";
import { removeJobs, type Removed } from "../branch-jobs/remove";
import {
  candidates,
  CLEANUP_CAUSE,
  copies,
  staleJobs,
  type CleanupInput,
  type StaleJob,
} from "../branch-jobs/stale-jobs";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import { table, type Screen } from "../output/table";
import { openBranchTarget, type BranchTarget } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface CleanupOptions {
  readonly config: string;
  /** The least number of days without a deploy, a change, or a run that somebody started. */
  readonly olderThan?: number;
  /** Selects branches that are merged, or do not exist on the remote. */
  readonly merged: boolean;
  /** Selects one branch, by its full name. */
  readonly branch?: string;
  /** Includes other people's jobs. */
  readonly allUsers: boolean;
  /** Lists the jobs and deletes nothing. */
  readonly dryRun: boolean;
  /** Allows the command to delete most of the jobs. */
  readonly yes: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Deletes branch jobs that nobody needs any more. With the last job of a branch it also drops the branch's schema. It ignores jobs
 * without a mark of the team.
 *
 * @throws CommandError when no criterion is given, or when it would delete most of the jobs without `yes`
 */
export async function cleanup(options: CleanupOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  checkCriteria(options);
  const target = openBranchTarget(options.config, "cleanup", dependencies);
  const input = await readInput(target, options, dependencies);
  const remote = options.merged ? await remoteBranches(dependencies.folder) : undefined;
  const found = staleJobs(input, {
    olderThanDays: options.olderThan,
    isMerged: remote?.isMerged,
    branch: options.branch,
    allUsers: options.allUsers,
  });
  const jobs = found.filter(({ isRunning }) => !isRunning);
  const text = listing(found, dependencies);
  if (options.dryRun || jobs.length === 0) {
    const closing = options.dryRun ? "Nothing was deleted: this is a dry run." : "Nothing to delete.";
    return { exitCode: EXIT.ok, text: `${text}\n${closing}`, json: { jobs: found.map(jobJson), deleted: [] } };
  }
  const owned = candidates(input, options.allUsers).length;
  if (!options.yes && isMostOf(jobs.length, owned)) {
    throw new CommandError(
      EXIT.failed,
      `${text}\n\n${jobs.length} of ${owned} jobs would be deleted. Nothing was deleted. Add --yes to delete them.`,
    );
  }
  dependencies.progress.note(text);
  const removed = await removeJobs(jobs, remainingSchemas(input, jobs), {
    client: target.client,
    runCommand: (jobId, command) => runCommand(target, jobId, command, dependencies),
    onDone: (one, done, total) => {
      dependencies.progress.step(removedText(one), done, total);
    },
  });
  dependencies.progress.end();
  const failed = removed.filter(({ error }) => error !== undefined).length;
  const kept = keptSchemas(input, removed);
  const totals = `${removed.length - failed} deleted, ${failed} failed, ${found.length - jobs.length} kept because a run is in progress.`;
  return {
    exitCode: failed === 0 ? EXIT.ok : EXIT.failed,
    text: [...removed.map(resultText), ...kept, totals].join("\n"),
    json: {
      jobs: found.map(jobJson),
      deleted: removed.map(({ job, droppedSchema, error }) => ({
        ...jobJson(job),
        dropped_schema: droppedSchema ?? null,
        error: error ?? null,
      })),
    },
  };
}

function checkCriteria({ olderThan, merged, branch }: CleanupOptions): void {
  if (branch === "") throw new CommandError(EXIT.usage, "--branch is empty; give the full name of a branch");
  if (olderThan !== undefined || merged || branch !== undefined) return;
  throw new CommandError(EXIT.usage, "cleanup needs at least one of --older-than DAYS, --merged and --branch REF");
}

async function readInput(
  { client, where, branch }: BranchTarget,
  { olderThan }: CleanupOptions,
  { now }: CommandDependencies,
): Promise<CleanupInput> {
  const since = new Date(now.getTime() - (olderThan ?? 0) * DAY).toISOString();
  const recently = {
    created_at__range: JSON.stringify([since, new Date(now.getTime() + DAY).toISOString()]),
  };
  const [records, recent, running] = await Promise.all([
    listJobs(client, where),
    olderThan === undefined ? [] : listRuns(client, where.environmentId, recently),
    listRuns(client, where.environmentId, { status__in: JSON.stringify(UNFINISHED) }),
  ]);
  return { branch, records, runs: [...recent, ...running], now };
}

async function remoteBranches(folder: string): ReturnType<typeof readRemoteBranches> {
  try {
    return await readRemoteBranches(folder);
  } catch (error) {
    const { message } = error as Error;
    const reason = /^fatal: (.+?)\.?$/m.exec(message)?.[1] ?? message.trim();
    throw new CommandError(EXIT.failed, `git cannot read the branches of the remote: ${reason}. Nothing was deleted.`);
  }
}

/** The schemas of the jobs that are not deleted. The owner of a job does not matter. */
function remainingSchemas({ records }: CleanupInput, jobs: readonly StaleJob[]): Set<string> {
  const ids = new Set(jobs.map(({ record }) => record.id));
  const remaining = records.filter(({ id }) => !ids.has(id)).map(({ description }) => markOf(description));
  return new Set(remaining.flatMap((mark) => mark?.schema ?? []));
}

/** A copy can build into the schema of the branch, so the schema stays. No later clean-up drops it: the branch's jobs are gone. */
function keptSchemas(input: CleanupInput, removed: readonly Removed[]): string[] {
  const dropped = new Set(removed.map(({ droppedSchema }) => droppedSchema));
  const gone = removed.filter(({ error }) => error === undefined).map(({ job }) => job);
  const goneIds = new Set(gone.map(({ record }) => record.id));
  const left = candidates(input, true).filter(({ record }) => !goneIds.has(record.id));
  return [...new Set(gone.map(({ mark }) => mark.schema))].flatMap((schema) => {
    const users = copies(input).filter(({ mark }) => schemasOverlap(mark.schema, schema));
    const hasJob = left.some(({ mark }) => schemasOverlap(mark.schema, schema));
    if (dropped.has(schema) || hasJob || users.length === 0) return [];
    const names = users.map(({ record }) => `job ${record.id} "${record.name}"`).join(", ");
    return [
      `kept schema ${schema}: a copy may use it, made in dbt Cloud: ${names}. ` +
        `To drop it later: dbt run-operation drop_branch_schema --args '{schema: ${schema}}'`,
    ];
  });
}

async function runCommand(
  { client, branch }: BranchTarget,
  jobId: number,
  command: string,
  { clock }: CommandDependencies,
): Promise<string | undefined> {
  const cause = `${CLEANUP_CAUSE} ${branch.owner.user} with dbt-job-manager (${clock.now().toISOString()})`;
  const { id } = await triggerRun(client, jobId, {
    cause,
    // The macro does not drop the schema that the run itself uses.
    schema_override: SHARED_SCHEMA,
    steps_override: [command],
  });
  const run = await follow(client, id, () => undefined);
  if (run.status === RUN_STATUS.success) return undefined;
  const place = failedStep(run)?.name ?? run.status_message ?? "no step";
  return `run ${run.id} ended in ${run.status_humanized} at ${place}  ${runUrl(client, run)}`;
}

function listing(jobs: readonly StaleJob[], screen: Screen): string {
  if (jobs.length === 0) return "No job meets these criteria.";
  const rows = jobs.map(({ record, mark, idleDays, isRunning }) => [
    mark.key,
    mark.ref,
    mark.user,
    counted(idleDays, "day"),
    String(record.id),
    isRunning ? "keep: a run is in progress" : "delete",
  ]);
  return table(["KEY", "BRANCH", "USER", "IDLE", "JOB", ""], rows, screen, ["JOB", "USER"]);
}

function removedText({ job, droppedSchema, error }: Removed): string {
  const { mark, record } = job;
  const name = `${mark.key} of ${mark.ref} (job ${record.id})`;
  if (error !== undefined) return `failed to delete ${name}`;
  return droppedSchema ? `deleted ${name} and schema ${droppedSchema}` : `deleted ${name}`;
}

function resultText(removed: Removed): string {
  const words = removedText(removed);
  return printable(removed.error === undefined ? words : `${words}: ${removed.error}`);
}

function jobJson({ record, mark, idleDays, isRunning }: StaleJob): Record<string, unknown> {
  const { key, ref, user, schema } = mark;
  return { id: record.id, name: record.name, key, ref, user, schema, idle_days: idleDays, running: isRunning };
}
