import { join, relative } from "node:path";
import type { DbtCloudClient } from "../../dbt-cloud/client";
import { listJobs } from "../../dbt-cloud/jobs";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadPlaceable } from "../../env-files/load";
import { readSettings, type Settings } from "../../env-files/settings";
import { printable } from "../../jobs/printable";
import { referencedId } from "../../jobs/reference";
import { connect } from "../connection";
import { environmentNamed } from "../environment-named";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import {
  actionTotals,
  guardLines,
  terraformPlanMarkdown,
  terraformPlanText,
  type PlanReport,
} from "../output/terraform-plan-text";
import { changesIn, isChanged } from "../terraform-plan/changes";
import { notesOnDeferrals } from "../runs/deferral";
import { ALLOW_DESTROY, allowedIn, refusalsOf, unknownJobs } from "../terraform-plan/guard";
import { planIn, stackPlan } from "../terraform-plan/stack-plan";
import { namedJobs } from "../target";
import { CommandError, type CommandDependencies, type CommandResult, type OfflineDependencies } from "./command";

export interface DiffOptions {
  /** The folder of the project. */
  readonly project: string;
  /** The name of an environment that Terraform applies. */
  readonly environment: string;
  /**
   * A file with a plan in JSON.
   *
   * @default - the plan that `cdktf diff` left in the stack's folder
   */
  readonly plan?: string;
  /** Whether the text is Markdown. */
  readonly markdown: boolean;
  /** Whether changes end the command with exit code 2. */
  readonly exitCode: boolean;
}

/**
 * Describes a plan of Terraform in words: what happens to each job, field by field, and whether the guard lets it pass.
 *
 * @throws ConfigurationError with all problems of the env files
 * @throws CommandError when there is no plan, or no such environment
 */
export function diff(options: DiffOptions, { env, now, colors }: OfflineDependencies): CommandResult {
  const report = reportOf(options, loadStacks(options.project, env), env, now);
  const { changes } = report;
  const hasChanges = changes.others.length > 0 || changes.jobs.some(isChanged);
  return {
    exitCode: options.exitCode && hasChanges ? EXIT.onRequest : EXIT.ok,
    text: options.markdown ? terraformPlanMarkdown(report) : wholeText(report, colors),
    json: jsonOf(report) satisfies ResultOf<"diff">,
  };
}

/**
 * Refuses a plan of Terraform that deletes or replaces a job that nobody named in `ALLOW_DESTROY`, that belongs to another env file,
 * branch, account or environment, or that does not know a job with the name of one of its jobs. It also names each job of the plan
 * that has no successful run to defer to.
 *
 * @throws CommandError with all reasons against the plan
 * @throws ConfigurationError with all problems of the env files, or when an env var of dbt Cloud is missing
 * @throws DbtCloudError when the jobs in dbt Cloud cannot be read
 */
export async function guard(
  options: Omit<DiffOptions, "markdown" | "exitCode">,
  dependencies: CommandDependencies,
): Promise<CommandResult> {
  const { env, now, colors } = dependencies;
  const { environments, fileOf, settings } = loadStacks(options.project, env);
  const offline = reportOf(options, { environments, settings }, env, now);
  const { definition, changes } = offline;
  const client = connect(settings, dependencies);
  const unknown = unknownJobs(changes, await jobIds(definition, client));
  const report = { ...offline, refusals: [...offline.refusals, ...unknown] };
  const notes = await notesOnDeferrals(
    changes.jobs.filter(({ action }) => action === "create" || action === "update").map(({ key }) => key),
    {
      client,
      environment: definition,
      beside: environments,
      idOf: (key) => changes.jobs.find((job) => job.key === key)?.jobId,
    },
    `--config ${relative(options.project, fileOf.get(definition)!)}`,
  );
  const text = [terraformPlanText(report, colors), ...notes.map(printable)].join("\n");
  if (report.refusals.length > 0) throw new CommandError(EXIT.failed, guardLines(report), text);
  return { exitCode: EXIT.ok, text, json: { ...jsonOf(report), notes } satisfies ResultOf<"guard"> };
}

/** The ids of the environment's jobs in dbt Cloud, by the key that their name stands for. */
async function jobIds(definition: EnvironmentDefinition, client: DbtCloudClient): Promise<Map<string, number[]>> {
  const [projectId, environmentId] = [referencedId(definition.project), referencedId(definition.environment)];
  // Terraform creates the environment with its jobs, so it has no others.
  if (projectId === undefined || environmentId === undefined) return new Map();
  const records = await listJobs(client, { projectId, environmentId });
  return new Map([...namedJobs(definition, records)].map(([key, found]) => [key, found.map(({ id }) => id)]));
}

/** Reads the project's env files and the env vars of dbt Cloud. */
function loadStacks(
  project: string,
  env: OfflineDependencies["env"],
): ReturnType<typeof loadPlaceable> & { settings: Settings } {
  const settings = readSettings(env);
  return { ...loadPlaceable([join(project, "environments")], settings), settings };
}

function reportOf(
  { project, environment, plan: file }: Pick<DiffOptions, "project" | "environment" | "plan">,
  { environments, settings }: Pick<ReturnType<typeof loadStacks>, "environments" | "settings">,
  env: OfflineDependencies["env"],
  now: Date,
): PlanReport {
  const definition = stackOf(environments, environment);
  const plan = file === undefined ? stackPlan(project, definition.name) : planIn(file);
  const changes = changesIn(plan);
  const refusals = refusalsOf({
    plan,
    changes,
    definition,
    settings,
    allowed: allowedIn(env[ALLOW_DESTROY]),
    branch: env["CI_COMMIT_BRANCH"]?.trim() || undefined,
  });
  return { definition, changes, refusals, now };
}

function wholeText(report: PlanReport, colors: boolean): string {
  const verdict = guardLines(report);
  return [terraformPlanText(report, colors), ...(verdict.length > 0 ? ["", ...verdict] : [])].join("\n");
}

function jsonOf({ definition, changes, refusals }: PlanReport): ResultOf<"diff"> {
  return {
    environment: definition.name,
    totals: actionTotals(changes),
    jobs: changes.jobs.map(({ action, key, jobId, movedFrom, isAdopted, changedByHand, differences }) => ({
      action,
      key,
      id: jobId ?? null,
      moved_from: movedFrom ?? null,
      adopted: isAdopted,
      changed_by_hand: changedByHand,
      changes: differences,
    })),
    others: changes.others.map(({ action, address, title, differences }) => ({
      action,
      address,
      title,
      changes: differences,
    })),
    refusals,
  };
}

function stackOf(environments: readonly EnvironmentDefinition[], name: string): EnvironmentDefinition {
  const stacks = environments.filter(({ applied_by }) => applied_by === "terraform");
  if (environments.some((environment) => environment.name === name && !stacks.includes(environment))) {
    throw new CommandError(EXIT.usage, `use \`dbt-job-manager plan\` for ${name}: Terraform does not apply its jobs`);
  }
  return environmentNamed(stacks, name, " that Terraform applies");
}
