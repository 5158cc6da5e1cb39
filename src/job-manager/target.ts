import type { DbtCloudClient } from "../dbt-cloud/client";
import type { JobRecord, JobsOf } from "../dbt-cloud/jobs";
import type { EnvironmentDefinition } from "../env-files/definition";
import { loadEnvironment } from "../env-files/load";
import { ConfigurationError } from "../env-files/problem";
import { readSettings } from "../env-files/settings";
import { closest } from "../jobs/closest";
import { terraformJobName } from "../jobs/names";
import { branchOf, type Branch } from "./branch-jobs/branch";
import { takeInventory } from "./branch-jobs/inventory";
import { CommandError, type CommandDependencies } from "./commands/command";
import { connect } from "./connection";
import { EXIT } from "./exit-codes";
import { readWorkplace } from "./workplace";

/** An env file, and the dbt Cloud in which its jobs are. */
export interface Target {
  readonly environment: EnvironmentDefinition;
  /** The environments of the files beside it. */
  readonly beside: readonly EnvironmentDefinition[];
  readonly client: DbtCloudClient;
  readonly where: JobsOf;
  /** The branch whose jobs are meant; absent from files that Terraform applies. */
  readonly branch?: Branch;
}

/** A target whose jobs are deployed from branches. */
export type BranchTarget = Target & { readonly branch: Branch };

/**
 * Opens what a command works on.
 *
 * @param config the env file
 * @throws ConfigurationError with all problems of the file and of the env vars
 */
export function openTarget(config: string, dependencies: CommandDependencies): Target {
  const { env, folder } = dependencies;
  const settings = readSettings(env);
  const { environment, beside } = loadEnvironment(config, settings);
  const isOfBranch = environment.applied_by === "api";
  const [client, workplace] = both(
    () => connect(settings, dependencies),
    () => (isOfBranch ? readWorkplace(env, folder) : undefined),
  );
  const branch = workplace && branchOf(environment, workplace);
  const where = { projectId: idIn(environment, "project"), environmentId: idIn(environment, "environment") };
  return { environment, beside, client, where, branch };
}

/**
 * Opens a target whose jobs come from branches.
 *
 * @throws CommandError when Terraform applies the file
 */
export function openBranchTarget(config: string, command: string, dependencies: CommandDependencies): BranchTarget {
  const target = openTarget(config, dependencies);
  if (target.branch) return { ...target, branch: target.branch };
  const { name } = target.environment;
  throw new CommandError(
    EXIT.usage,
    `${config} is applied by Terraform, and ${command} is for branch jobs; ` +
      `\`dbt-job-manager status --config ${config}\` shows its jobs, \`npx cdktf deploy ${name}\` changes them`,
  );
}

/** The jobs of a target that are in dbt Cloud, by key: a branch's by their marks, Terraform's by their names. */
export function jobsByKey({ environment, branch }: Target, records: readonly JobRecord[]): Map<string, JobRecord> {
  if (branch) {
    const { byKey } = takeInventory(branch, Object.keys(environment.jobs), records);
    return new Map([...byKey].map(([key, { record }]) => [key, record]));
  }
  return new Map(
    Object.keys(environment.jobs).flatMap((key) => {
      const name = terraformJobName({ team: environment.team, key, environment: environment.name });
      const record = records.find((candidate) => candidate.name === name);
      return record ? [[key, record] as const] : [];
    }),
  );
}

/**
 * Checks that the keys a person typed are those of jobs.
 *
 * @throws CommandError naming each that is not, with what was probably meant
 */
export function checkKeys(keys: readonly string[], known: readonly string[], place: string): void {
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const lines = unknown.map((key) => {
    const suggestion = closest(key, known);
    return `no job of ${place} has the key ${key}${suggestion ? `; did you mean ${suggestion}?` : ""}`;
  });
  throw new CommandError(EXIT.usage, [...lines, `keys: ${known.join(", ") || "none"}`].join("\n"));
}

/** What two readers read; the problems of both are reported at once. */
function both<A, B>(first: () => A, second: () => B): [A, B] {
  const attempts = [first, second].map((read) => {
    try {
      return { value: read() };
    } catch (error) {
      if (error instanceof ConfigurationError) return { problems: error.problems };
      throw error;
    }
  });
  const problems = attempts.flatMap((attempt) => attempt.problems ?? []);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return attempts.map(({ value }) => value) as [A, B];
}

function idIn(environment: EnvironmentDefinition, key: "project" | "environment"): number {
  const reference = environment[key];
  if ("id" in reference) return reference.id;
  throw new CommandError(
    EXIT.failed,
    `${environment.name} has no ${key} id: Terraform manages it, and its id is an output of \`terraform output\``,
  );
}
