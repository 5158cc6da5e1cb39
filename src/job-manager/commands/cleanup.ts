import { SHARED_SCHEMA } from "../../jobs/names";
import { listJobs } from "../../dbt-cloud/jobs";
import { failedStep, follow, listRuns, RUN_STATUS, runUrl, triggerRun } from "../../dbt-cloud/runs";
import { isMostOf } from "../branch-jobs/deletions";
import { markOf } from "../branch-jobs/mark";
import { readRemoteBranches } from "../branch-jobs/remote-branches";
import { removeJobs, type Removed } from "../branch-jobs/remove";
import { candidates, CLEANUP_CAUSE, staleJobs, type CleanupInput, type StaleJob } from "../branch-jobs/stale-jobs";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import { table } from "../output/table";
import { openBranchTarget, type BranchTarget } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface CleanupOptions {
  readonly config: string;
  /** Days without a deploy, a change or a run that somebody started. */
  readonly olderThan?: number;
  /** Takes branches that are merged or gone from the remote. */
  readonly merged: boolean;
  /** Takes one branch, by its full name. */
  readonly branch?: string;
  /** Takes other people's jobs as well. */
  readonly allUsers: boolean;
  readonly dryRun: boolean;
  /** Allows to delete most of the jobs. */
  readonly yes: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Deletes branch jobs that nobody needs any more, and the schema of each branch with its last job. Jobs without the team's
 * mark are never looked at.
 *
 * @throws CommandError when no criterion is given, or most jobs would go without `yes`
 */
export async function cleanup(options: CleanupOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  checkCriteria(options);
  const target = openBranchTarget(options.config, "cleanup", dependencies);
  const input = await look(target, options, dependencies);
  const remote = options.merged ? await remoteBranches(dependencies.folder) : undefined;
  const found = staleJobs(input, {
    olderThanDays: options.olderThan,
    isMerged: remote?.isMerged,
    branch: options.branch,
    allUsers: options.allUsers,
  });
  const jobs = found.filter(({ isRunning }) => !isRunning);
  const text = listing(found, dependencies.colors);
  if (options.dryRun || jobs.length === 0) {
    const closing = options.dryRun ? "Nothing was deleted: this is a dry run." : "Nothing to delete.";
    return { exitCode: EXIT.ok, text: `${text}\n${closing}`, json: { jobs: found.map(jobJson), deleted: [] } };
  }
  const owned = candidates(input, options.allUsers).length;
  if (!options.yes && isMostOf(jobs.length, owned)) {
    throw new CommandError(
      EXIT.failed,
      `${text}\n\n${jobs.length} of ${owned} jobs would be deleted; if that is meant, add --yes. Nothing was deleted.`,
    );
  }
  dependencies.progress.note(text);
  const removed = await removeJobs(jobs, schemasThatStay(input, jobs), {
    client: target.client,
    runCommand: (jobId, command) => runCommand(target, jobId, command),
    onDone: (one, done, total) => {
      dependencies.progress.step(removedWords(one), done, total);
    },
  });
  dependencies.progress.end();
  const failed = removed.filter(({ error }) => error !== undefined).length;
  const totals = `${removed.length - failed} deleted, ${failed} failed, ${found.length - jobs.length} running and left alone.`;
  return {
    exitCode: failed === 0 ? EXIT.ok : EXIT.failed,
    text: [...removed.map(resultWords), totals].join("\n"),
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
  if (branch === "") throw new CommandError(EXIT.usage, "--branch is empty; name a branch in full");
  if (olderThan !== undefined || merged || branch !== undefined) return;
  throw new CommandError(EXIT.usage, "say which jobs: --older-than DAYS, --merged or --branch REF");
}

async function look(
  { client, where, branch }: BranchTarget,
  { olderThan }: CleanupOptions,
  { now }: CommandDependencies,
): Promise<CleanupInput> {
  const query = { environment_id: where.environmentId };
  const since = new Date(now.getTime() - (olderThan ?? 0) * DAY).toISOString();
  const recently = {
    ...query,
    created_at__range: JSON.stringify([since, new Date(now.getTime() + DAY).toISOString()]),
  };
  const [records, recent, running] = await Promise.all([
    listJobs(client, where),
    olderThan === undefined ? [] : listRuns(client, recently),
    listRuns(client, { ...query, status__in: "[1,2,3]" }),
  ]);
  return { owner: branch.owner, records, runs: [...recent, ...running], now };
}

async function remoteBranches(folder: string): ReturnType<typeof readRemoteBranches> {
  try {
    return await readRemoteBranches(folder);
  } catch (error) {
    const { message } = error as Error;
    const reason = /^fatal: (.+?)\.?$/m.exec(message)?.[1] ?? message.trim();
    throw new CommandError(
      EXIT.failed,
      `the remote cannot be asked which branches it has: ${reason}. Nothing was deleted.`,
    );
  }
}

/** A schema goes only with the last job that builds into it, whoever owns that job. */
function schemasThatStay({ records }: CleanupInput, jobs: readonly StaleJob[]): Set<string> {
  const ids = new Set(jobs.map(({ record }) => record.id));
  const staying = records.filter(({ id }) => !ids.has(id)).map(({ description }) => markOf(description));
  return new Set(staying.flatMap((mark) => mark?.schema ?? []));
}

async function runCommand(
  { client, branch }: BranchTarget,
  jobId: number,
  command: string,
): Promise<string | undefined> {
  const cause = `${CLEANUP_CAUSE} ${branch.owner.user} with dbt-job-manager (${new Date().toISOString()})`;
  const { id } = await triggerRun(client, jobId, {
    cause,
    // dbt refuses to drop the schema that it works in.
    schema_override: SHARED_SCHEMA,
    steps_override: [command],
  });
  const run = await follow(client, id, () => undefined);
  if (run.status === RUN_STATUS.success) return undefined;
  const place = failedStep(run)?.name ?? run.status_message ?? "no step";
  return `run ${run.id} ended in ${run.status_humanized} at ${place}  ${runUrl(client, run)}`;
}

function listing(jobs: readonly StaleJob[], colors: boolean): string {
  if (jobs.length === 0) return "No job fulfils all of that.";
  const rows = jobs.map(({ record, mark, idleDays, isRunning }) => [
    mark.key,
    mark.ref,
    mark.user,
    counted(idleDays, "day"),
    String(record.id),
    isRunning ? "running: left alone" : "delete",
  ]);
  return table(["KEY", "BRANCH", "USER", "IDLE", "JOB", ""], rows, colors);
}

function removedWords({ job, droppedSchema, error }: Removed): string {
  const { mark, record } = job;
  const name = `${mark.key} of ${mark.ref} (job ${record.id})`;
  if (error !== undefined) return `failed to delete ${name}`;
  return droppedSchema ? `deleted ${name} and schema ${droppedSchema}` : `deleted ${name}`;
}

function resultWords(removed: Removed): string {
  const words = removedWords(removed);
  return removed.error === undefined ? words : `${words}: ${removed.error}`;
}

function jobJson({ record, mark, idleDays, isRunning }: StaleJob): Record<string, unknown> {
  const { key, ref, user, schema } = mark;
  return { id: record.id, name: record.name, key, ref, user, schema, idle_days: idleDays, running: isRunning };
}
