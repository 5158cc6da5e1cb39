import { jobUrl, type JobRecord } from "../../dbt-cloud/jobs";
import { applyPlan, type Applied } from "../branch-jobs/apply";
import { readDeployPlan, refuseProtected, type DeployPlan, type DeployScope } from "../branch-jobs/deploy-plan";
import { isMostOf } from "../branch-jobs/deletions";
import type { Obstacle } from "../branch-jobs/obstacles";
import type { Inventory } from "../branch-jobs/inventory";
import { checkResult } from "../branch-jobs/simultaneous";
import type { PlannedJob } from "../branch-jobs/plan";
import { inOrder } from "../../jobs/order";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import { planJson } from "../output/plan-json";
import { planText, totalsOf } from "../output/plan-text";
import type { ResultOf } from "../output/result-schemas";
import { notesOnDeferrals } from "../runs/deferral";
import { isGood, runJobs, runJson, type RunReport } from "../runs/run-jobs";
import { openBranchTarget, refuseReadOnly, type BranchTarget } from "../target";
import { tellUnpublishedWork } from "../unpublished-work";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface DeployOptions extends DeployScope {
  /** Shows the plan and changes nothing. */
  readonly dryRun: boolean;
  /** A dry run that finds changes ends with exit code 2. */
  readonly exitCode: boolean;
  /** Allows the command to delete most of the branch's jobs. */
  readonly yes: boolean;
  /** Runs the deployed jobs and waits for them. */
  readonly run: boolean;
  /**
   * Looks at the hash of the plan before anything is changed, and throws a CommandError to refuse the plan.
   *
   * @default - every plan is applied
   */
  readonly accept?: (hash: string) => void;
}

/** The result of a deploy without obstacles. */
type Deployed = Extract<ResultOf<"deploy">, { readonly plan: unknown }>;

/**
 * Deploys the jobs of a feature branch to the shared environment. It shows each change, field by field, and then applies it.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when the branch or the options do not allow a deploy
 */
export async function deploy(options: DeployOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const target = openBranchTarget(options.config, "deploy", dependencies);
  refuseProtected(target);
  const { input, obstacles, plan, hash } = await checkAndRead(target, options, dependencies);
  const { inventory } = input;
  if (obstacles.length > 0) return refused(obstacles);
  const text = planText(plan, target.branch, dependencies.colors);
  const notes = [...notesOn(target, inventory, plan), ...(await deferralNotes(target, plan))];
  const hasChanges = plan.some(({ action }) => action !== "unchanged");
  if (options.dryRun) {
    return {
      exitCode: options.exitCode && hasChanges ? EXIT.onRequest : EXIT.ok,
      text: [text, ...notes.map(printable), "Nothing was changed: this is a dry run."].join("\n"),
      json: {
        hash,
        plan: planJson(plan, target.branch),
        totals: totalsOf(plan),
        notes,
        applied: [],
      } satisfies ResultOf<"plan">,
    };
  }
  refusePlan({ plan, inventory, hash }, text, options);
  if (hasChanges) dependencies.progress.note(text);
  const written = await applyPlan(plan, {
    client: target.client,
    ids: input.ids,
    onDone: (job, done, total) => {
      dependencies.progress.step(appliedText(job), done, total);
    },
  });
  dependencies.progress.end();
  const { applied, unchecked } = await checkResult(plan, written, { ...target, ids: input.ids });
  const runs =
    options.run && unchecked === undefined && applied.every(isDone)
      ? await runDeployed(target, plan, applied, dependencies)
      : [];
  const isFine = unchecked === undefined && applied.every(isDone) && runs.every(isGood);
  return {
    exitCode: isFine ? EXIT.ok : EXIT.failed,
    text: [summary(target, plan, applied), ...[...uncheckedText(unchecked), ...notes].map(printable)].join("\n"),
    json: {
      hash,
      plan: planJson(plan, target.branch),
      totals: totalsOf(plan),
      notes,
      applied: appliedJson(target, applied),
      runs: runs.map(runJson),
    } satisfies ResultOf<"deploy">,
  };
}

/** Reads the plan. At the same time it checks the working directory, because git may wait for its remote. */
async function checkAndRead(
  target: BranchTarget,
  options: DeployOptions,
  dependencies: CommandDependencies,
): Promise<DeployPlan> {
  if (options.dryRun) return readDeployPlan(target, options);
  refuseReadOnly(target, "deploy", "show the changes with `dbt-job-manager plan`");
  const [read] = await Promise.all([
    readDeployPlan(target, options),
    tellUnpublishedWork(target.branch.owner.ref, options.run, dependencies),
  ]);
  return read;
}

function refused(obstacles: readonly Obstacle[]): CommandResult {
  const lines = obstacles.map(({ subject, reason, allowed, fix }) =>
    [`${subject}: ${reason}`, `  allowed: ${allowed}`, `  fix:     ${fix}`].map(printable).join("\n"),
  );
  return {
    exitCode: EXIT.failed,
    text: [...lines, `${counted(obstacles.length, "obstacle")}: nothing was changed`].join("\n\n"),
    json: { obstacles, applied: [] } satisfies ResultOf<"plan">,
  };
}

/** Refuses a plan that deletes most of the branch's jobs without `yes`, or that is not accepted. */
function refusePlan(
  { plan, inventory: { own }, hash }: Pick<DeployPlan, "plan" | "hash"> & { readonly inventory: Inventory },
  text: string,
  { yes, accept }: DeployOptions,
): void {
  const deletes = totalsOf(plan).delete;
  if (!yes && isMostOf(deletes, own.length)) {
    throw new CommandError(
      EXIT.failed,
      `Add --yes to delete ${deletes} of the branch's ${own.length} jobs. Nothing was changed.`,
      text,
    );
  }
  accept?.(hash);
}

/** Notes for the person, in addition to the plan. */
function notesOn({ branch }: BranchTarget, inventory: Inventory, plan: readonly PlannedJob[]): string[] {
  const copies = inventory.copies.map(({ record }) => `job ${record.id} "${record.name}"`);
  const created = plan.flatMap((job) => (job.action === "create" ? [job.wanted.key] : []));
  const renamed = created.flatMap((key) => inventory.copies.filter(({ mark }) => mark.key === key));
  return [
    "Scheduled runs use the environment's git branch in dbt Cloud, and only `dbt-job-manager run` uses your branch. Both build " +
      `into ${branch.schema}.`,
    ...(copies.length > 0
      ? [`Copies of this branch's jobs, which were made in dbt Cloud and are not changed: ${copies.join(", ")}.`]
      : []),
    ...renamed.map(
      ({ record, mark }) =>
        `${mark.key} is a new job, although job ${record.id} "${record.name}" has its mark: a marked job with another name ` +
        "may be a copy. If you renamed your job, give it back its name, or use --adopt before the new job exists.",
    ),
  ];
}

/** Notes on jobs whose next run has nothing to defer to. Only jobs that the plan creates or changes are checked. */
function deferralNotes(target: BranchTarget, plan: readonly PlannedJob[]): Promise<string[]> {
  const ids = new Map(
    plan.flatMap((job) => ("wanted" in job && "record" in job ? [[job.wanted.key, job.record.id] as const] : [])),
  );
  const keys = plan.flatMap((job) => (job.action === "create" || job.action === "update" ? [job.wanted.key] : []));
  return notesOnDeferrals(keys, { ...target, idOf: (key) => ids.get(key) });
}

async function runDeployed(
  { client, branch, environment }: BranchTarget,
  plan: readonly PlannedJob[],
  applied: readonly Applied[],
  { progress, random, clock }: CommandDependencies,
): Promise<RunReport[]> {
  const ids = new Map(applied.map(({ key, id }) => [key, id]));
  const jobs = plan.flatMap((job) => {
    if (job.action === "delete") return [];
    const id = job.action === "create" ? ids.get(job.wanted.key) : job.record.id;
    return id === undefined ? [] : [{ key: job.wanted.key, id }];
  });
  const { ref, user } = branch.owner;
  const order = inOrder(
    jobs.map(({ key }) => key),
    environment.jobs,
  );
  const ordered = order.flatMap((key) => jobs.filter((job) => job.key === key));
  return runJobs(client, ordered, {
    by: user,
    branch: { ref, schema: branch.schema },
    retry: false,
    wait: true,
    random,
    clock,
    report: (line) => {
      progress.note(printable(line));
    },
    show: (line) => {
      progress.state(line);
    },
  });
}

function uncheckedText(reason: string | undefined): string[] {
  if (reason === undefined) return [];
  return [
    `It was not possible to check that no other deploy or clean-up ran at the same time: ${reason}. Deploy again.`,
  ];
}

function isDone({ error }: Applied): boolean {
  return error === undefined;
}

const PAST_TENSE = { create: "created", update: "updated", delete: "deleted" } as const;

function appliedText({ action, key, error }: Applied): string {
  return error === undefined ? `${PAST_TENSE[action]} ${key}` : `failed to ${action} ${key}`;
}

function summary(target: BranchTarget, plan: readonly PlannedJob[], applied: readonly Applied[]): string {
  const lines = applied.map((job) => {
    const link = job.id === undefined || job.action === "delete" ? "" : urlOf(target, job.id);
    const word = job.error === undefined ? PAST_TENSE[job.action] : "failed";
    return [word.padEnd(8), job.key, job.error === undefined ? link : `${job.action}: ${job.error} ${link}`].join("  ");
  });
  const count = (action: Applied["action"]): number =>
    applied.filter((job) => isDone(job) && job.action === action).length;
  const failed = applied.filter((job) => !isDone(job)).length;
  const keys = new Set(applied.map(({ key }) => key));
  const unchanged = plan.filter((job) => job.action === "unchanged" && !keys.has(job.wanted.key)).length;
  const totals = `${count("create")} created, ${count("update")} updated, ${count("delete")} deleted, ${unchanged} unchanged, ${failed} failed.`;
  return [...lines.map((line) => printable(line.trimEnd())), totals].join("\n");
}

function appliedJson(target: BranchTarget, applied: readonly Applied[]): Deployed["applied"] {
  return applied.map((job) => ({ ...job, url: job.id === undefined ? null : urlOf(target, job.id) }));
}

function urlOf({ client, where }: BranchTarget, id: JobRecord["id"]): string {
  return jobUrl(client, where.projectId, id);
}
