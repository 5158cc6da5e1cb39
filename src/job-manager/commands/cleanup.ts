import { reasonOf } from "../../dbt-cloud/errors";
import { listJobs, readJob } from "../../dbt-cloud/jobs";
import {
  cancelRun,
  createdIn,
  failedStep,
  follow,
  isOver,
  listRuns,
  runUrl,
  triggerRun,
  type Run,
} from "../../dbt-cloud/runs";
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
import type { ResultOf } from "../output/result-schemas";
import { table, type Screen } from "../output/table";
import { stateText } from "../runs/run-state";
import { openBranchTarget, refuseReadOnly, type BranchTarget } from "../target";
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
  /** Cancels the runs in progress of the jobs first, and waits for their end. Without it, such jobs stay. */
  readonly cancel: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Deletes branch jobs that nobody needs any more. With the last job of a branch it also drops the branch's schema. It ignores jobs
 * without a mark of the team. It ends with exit code 1 when a job that meets the criteria stays.
 *
 * It asks the person, or needs `yes`, before it deletes most of the jobs. It only asks about the person's own branch.
 *
 * @throws CommandError when no criterion is given, or when it would delete most of the jobs without an answer or `yes`
 */
export async function cleanup(options: CleanupOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  checkCriteria(options);
  const target = openBranchTarget(options.config, "cleanup", dependencies);
  if (!options.dryRun) refuseReadOnly(target, "clean up", "list the jobs with `dbt-job-manager cleanup --dry-run`");
  const input = await readInput(target, options, dependencies);
  const remote = options.merged ? await remoteBranches(dependencies.folder) : undefined;
  const found = staleJobs(input, {
    olderThanDays: options.olderThan,
    isMerged: remote?.isMerged,
    branch: options.branch,
    allUsers: options.allUsers,
  });
  const jobs = found.filter(({ isRunning }) => options.cancel || !isRunning);
  const kept = found.filter((job) => !jobs.includes(job));
  const text = listing(found, options, dependencies);
  if (options.dryRun || jobs.length === 0) {
    const nothing = kept.length > 0 ? keptText(kept, input).map(printable) : ["Nothing to delete."];
    const closing = options.dryRun ? ["Nothing was deleted: this is a dry run."] : nothing;
    return {
      exitCode: options.dryRun || kept.length === 0 ? EXIT.ok : EXIT.failed,
      text: [text, ...closing].join("\n"),
      json: { jobs: found.map(jobJson), deleted: [] } satisfies ResultOf<"cleanup">,
    };
  }
  const owned = candidates(input, options.allUsers).length;
  await confirm(jobs.length, owned, text, { options, target, dependencies });
  const stuck = await cancelRuns(jobs, target, input, dependencies);
  const free = jobs.filter(({ record }) => !stuck.some(({ job }) => job.record.id === record.id));
  const deleted = await removeJobs(free, remainingSchemas(input, free), {
    client: target.client,
    runCommand: (jobId, command) => runCommand(target, jobId, command, dependencies),
    reasonToKeep: (job) => reasonToKeep(target, job),
    deployedAgain: (schema) => deployedAgain(target, schema, input),
    onDone: (one, done, total) => {
      dependencies.progress.step(removedText(one), done, total);
    },
  });
  dependencies.progress.end();
  const removed = [...deleted, ...stuck];
  const failed = removed.filter(({ error }) => error !== undefined).length;
  const totals = `${removed.length - failed} deleted, ${failed} failed, ${kept.length} kept because a run is in progress.`;
  return {
    exitCode: failed + kept.length === 0 ? EXIT.ok : EXIT.failed,
    text: [...removed.map(resultText), ...keptSchemas(input, removed), ...keptText(kept, input), totals]
      .map(printable)
      .join("\n"),
    json: {
      jobs: found.map(jobJson),
      deleted: removed.map(({ job, droppedSchema, error }) => ({
        ...jobJson(job),
        dropped_schema: droppedSchema ?? null,
        error: error ?? null,
      })),
    } satisfies ResultOf<"cleanup">,
  };
}

/**
 * Shows the jobs to delete. Before most of the jobs are deleted, it asks about the person's own branch, and else needs `yes`.
 *
 * @param text the list of the jobs
 */
async function confirm(
  count: number,
  owned: number,
  text: string,
  {
    options,
    target,
    dependencies,
  }: { options: CleanupOptions; target: BranchTarget; dependencies: CommandDependencies },
): Promise<void> {
  const { ask, progress } = dependencies;
  const isOwn = options.branch === target.branch.owner.ref && !options.allUsers;
  if (options.yes || !isMostOf(count, owned) || (isOwn && ask)) progress.note(text);
  else {
    throw new CommandError(EXIT.failed, `Add --yes to delete ${count} of ${owned} jobs. Nothing was deleted.`, text);
  }
  if (options.yes || !isMostOf(count, owned) || !ask) return;
  const question = `Delete ${counted(count, "job")} of your branch ${printable(target.branch.owner.ref)}?`;
  if (!(await ask(question))) throw new CommandError(EXIT.failed, "Nothing was deleted.");
}

/** Cancels the runs in progress of the jobs. Returns the jobs whose runs could not be cancelled. */
async function cancelRuns(
  jobs: readonly StaleJob[],
  { client }: BranchTarget,
  input: CleanupInput,
  { progress }: CommandDependencies,
): Promise<Removed[]> {
  const results = await Promise.all(
    jobs.map(async (job): Promise<Removed> => {
      const runs = runsInProgress(job, input);
      try {
        for (const { id } of runs) {
          progress.note(printable(`cancelling run ${id} of ${nameOf(job)}`));
          await cancelRun(client, id);
        }
        return { job };
      } catch (error) {
        return { job, error: reasonOf(error) };
      }
    }),
  );
  return results.filter(({ error }) => error !== undefined);
}

function runsInProgress({ record }: StaleJob, { runs }: CleanupInput): Run[] {
  const own = runs.filter((run) => run.job_definition_id === record.id && !isOver(run));
  return [...new Map(own.map((run) => [run.id, run])).values()];
}

/** Why a job must stay: somebody deployed it after the clean-up has listed the jobs, or a run is in progress. */
async function reasonToKeep({ client }: BranchTarget, { record, mark }: StaleJob): Promise<string | undefined> {
  const now = await readJob(client, record.id);
  if (!now) return undefined;
  if (now.description !== record.description || now.name !== record.name) {
    return `branch ${mark.ref} was deployed, or the job was changed, during this clean-up; start the clean-up again if nobody needs it`;
  }
  const run = now.most_recent_run;
  return run && !isOver(run) ? `run ${run.id} has started during this clean-up; ${AFTER_RUNS}` : undefined;
}

/** What a deploy did to a schema after the clean-up has listed the jobs. */
async function deployedAgain(
  { client, where }: BranchTarget,
  schema: string,
  { records }: CleanupInput,
): Promise<string | undefined> {
  const known = new Set(records.map(({ id }) => id));
  const added = (await listJobs(client, where, { checkEnvironment: false })).filter(({ id, description }) => {
    const mark = markOf(description);
    return !known.has(id) && mark !== undefined && schemasOverlap(mark.schema, schema);
  });
  if (added.length === 0) return undefined;
  return `a deploy added ${counted(added.length, "job")} with this branch's schema during this clean-up; deploy again, or start the clean-up again`;
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
  const recently = createdIn({
    from: new Date(now.getTime() - (olderThan ?? 0) * DAY),
    to: new Date(now.getTime() + DAY),
  });
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
  { clock, progress }: CommandDependencies,
): Promise<string | undefined> {
  const cause = `${CLEANUP_CAUSE} ${branch.owner.user} with dbt-job-manager (${clock.now().toISOString()})`;
  const start = clock.now().getTime();
  const started = await triggerRun(client, jobId, {
    cause,
    // The macro does not drop the schema that the run itself uses.
    schema_override: SHARED_SCHEMA,
    steps_override: [command],
  });
  progress.note(
    printable(`dropping the schema of a branch in run ${started.id}: ${command}  ${runUrl(client, started)}`),
  );
  const onRead = (now: Run): void => {
    progress.state(`dropping the schema: ${stateText(now, clock.now().getTime() - start)}`);
  };
  const run = await follow(client, started.id, () => undefined, { onRead });
  if (run.status === RUN_STATUS.success) return undefined;
  const place = failedStep(run)?.name ?? run.status_message ?? "no step";
  return `run ${run.id} ended in ${run.status_humanized} at ${place}  ${runUrl(client, run)}`;
}

function listing(jobs: readonly StaleJob[], { cancel }: CleanupOptions, screen: Screen): string {
  if (jobs.length === 0) return "No job meets these criteria.";
  const rows = jobs.map(({ record, mark, idleDays, isRunning }) => [
    mark.key,
    mark.ref,
    mark.user,
    counted(idleDays, "day"),
    String(record.id),
    actionOn(isRunning, cancel),
  ]);
  return table(["KEY", "BRANCH", "USER", "IDLE", "JOB", ""], rows, screen, ["JOB", "USER"]);
}

function actionOn(isRunning: boolean, cancel: boolean): string {
  if (!isRunning) return "delete";
  return cancel ? "cancel its run, then delete" : "keep: a run is in progress";
}

const AFTER_RUNS = "try again when it has ended, or add --cancel";

/** The jobs that stay, each with its run. */
function keptText(kept: readonly StaleJob[], input: CleanupInput): string[] {
  return kept.map((job) => {
    const runs = runsInProgress(job, input).map(({ id }) => `run ${id}`);
    return `kept ${nameOf(job)}: ${runs.join(", ")} in progress; ${AFTER_RUNS}`;
  });
}

function removedText({ job, droppedSchema, error }: Removed): string {
  const name = nameOf(job);
  if (error !== undefined) return `failed to delete ${name}`;
  return droppedSchema ? `deleted ${name} and schema ${droppedSchema}` : `deleted ${name}`;
}

function nameOf({ mark, record }: StaleJob): string {
  return `${mark.key} of ${mark.ref} (job ${record.id})`;
}

function resultText(removed: Removed): string {
  const words = removedText(removed);
  if (removed.error === undefined) return words;
  const dropped = removed.droppedSchema === undefined ? "" : `. Schema ${removed.droppedSchema} was dropped`;
  return `${words}: ${removed.error}${dropped}`;
}

function jobJson({ record, mark, idleDays, isRunning }: StaleJob): ResultOf<"cleanup">["jobs"][number] {
  const { key, ref, user, schema } = mark;
  return { id: record.id, name: record.name, key, ref, user, schema, idle_days: idleDays, running: isRunning };
}
