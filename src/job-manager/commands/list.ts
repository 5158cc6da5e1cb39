import { jobUrl, listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import { isOfTeam, isOwnedBy, markOf, type Mark } from "../branch-jobs/mark";
import { isOriginal, type MarkedJob } from "../branch-jobs/originals";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import { table, type Screen } from "../output/table";
import { minute } from "../output/time";
import { openBranchTarget, type BranchTarget } from "../target";
import type { CommandDependencies, CommandResult } from "./command";

export interface ListOptions {
  /** The env file of the shared environment. */
  readonly config: string;
  /** Also shows ids, schedules, last runs and links. */
  readonly details: boolean;
  /** Shows the team's jobs of all branches and people. */
  readonly allBranches: boolean;
}

type Column = readonly [heading: string, cell: (job: MarkedJob) => string];

/**
 * Lists the branch jobs that are deployed: the person's own, or those of the whole team.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when Terraform applies the file
 */
export async function list(options: ListOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const target = openBranchTarget(options.config, "list", dependencies);
  const { owner } = target.branch;
  const isListed = options.allBranches ? isOfTeam : isOwnedBy;
  const records = await listJobs(target.client, target.where, { withLastRun: options.details });
  const marked = records.flatMap((record) => {
    const mark = markOf(record.description);
    return mark && isListed(owner, mark) ? [{ record, mark }] : [];
  });
  const jobs = marked.filter((job) => isOriginal(job, target.branch));
  const place = options.allBranches
    ? `${owner.team}, all branches`
    : `${owner.team}, branch ${owner.ref} of ${owner.user}`;
  const heading = `${place}: ${counted(jobs.length, "job")} in environment ${owner.environment}`;
  return {
    exitCode: EXIT.ok,
    text:
      jobs.length === 0
        ? printable(heading)
        : [printable(heading), jobTable(jobs, target, options, dependencies)].join("\n"),
    json: jobs.map((job) => asJson(job, target)),
  };
}

function jobTable(jobs: readonly MarkedJob[], target: BranchTarget, options: ListOptions, screen: Screen): string {
  const owners: readonly Column[] = [
    ["BRANCH", ({ mark }) => mark.ref],
    ["USER", ({ mark }) => mark.user],
  ];
  const details: readonly Column[] = [
    ["ID", ({ record }) => String(record.id)],
    ["CRON (UTC)", ({ record }) => cronOf(record)],
    ["NEXT RUN (UTC)", ({ record }) => minute(record.next_run)],
    ["LAST RUN (UTC)", ({ record }) => lastRunOf(record)],
    ["CHANGED (UTC)", ({ record }) => minute(record.updated_at)],
    ["LINK", ({ record }) => urlOf(record, target)],
  ];
  const columns: readonly Column[] = [
    ["KEY", ({ mark }) => mark.key],
    ...(options.allBranches ? owners : []),
    ["NAME", ({ record }) => record.name],
    ["STATE", ({ record, mark }) => stateOf(record, mark)],
    ...(options.details ? details : []),
  ];
  const rows = jobs.map((job) => columns.map(([, cell]) => cell(job)));
  return table(
    columns.map(([heading]) => heading),
    rows,
    screen,
    options.details ? [] : ["NAME"],
  );
}

/** What starts a job, or that its deploy is not finished. */
function stateOf({ triggers, job_completion_trigger_condition }: JobRecord, { pending }: Mark): string {
  if (pending) return "unfinished: deploy again";
  if (triggers.schedule) return "scheduled";
  return job_completion_trigger_condition ? "after another job" : "on demand";
}

function cronOf({ triggers, schedule }: JobRecord): string {
  return triggers.schedule ? (schedule?.cron ?? "–") : "–";
}

function lastRunOf({ most_recent_run: run }: JobRecord): string {
  return run ? `${run.status_humanized} ${minute(run.finished_at ?? run.created_at)}` : "never";
}

function asJson({ record, mark }: MarkedJob, target: BranchTarget): ResultOf<"list">[number] {
  const { most_recent_run: run } = record;
  return {
    key: mark.key,
    id: record.id,
    name: record.name,
    ref: mark.ref,
    user: mark.user,
    schema: mark.schema,
    pending: mark.pending ?? false,
    cron: record.triggers.schedule ? (record.schedule?.cron ?? null) : null,
    next_run: record.next_run ?? null,
    updated_at: record.updated_at ?? null,
    last_run: run ? { id: run.id, status: run.status_humanized, finished_at: run.finished_at ?? null } : null,
    url: urlOf(record, target),
  };
}

function urlOf({ id }: JobRecord, { client, where }: BranchTarget): string {
  return jobUrl(client, where.projectId, id);
}
