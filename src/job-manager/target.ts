import type { DbtCloudClient } from "../dbt-cloud/client";
import type { JobRecord, JobsOf } from "../dbt-cloud/jobs";
import type { EnvironmentDefinition } from "../env-files/definition";
import { loadEnvironment, type FileOf } from "../env-files/load";
import { ConfigurationError } from "../env-files/problem";
import { readSettings, type Settings } from "../env-files/settings";
import { closest } from "../jobs/closest";
import { terraformJobName } from "../jobs/names";
import { referencedId } from "../jobs/reference";
import { branchOf, type Branch } from "./branch-jobs/branch";
import { takeInventory } from "./branch-jobs/inventory";
import { CommandError, type CommandDependencies } from "./commands/command";
import { connect } from "./connection";
import { EXIT } from "./exit-codes";
import { readWorkplace } from "./workplace";

/** An env file, and the place of its jobs in dbt Cloud. */
export interface Target {
  readonly environment: EnvironmentDefinition;
  /** The environments of the other env files in the same folder. */
  readonly beside: readonly EnvironmentDefinition[];
  /** The paths of the env files. */
  readonly fileOf: FileOf;
  readonly client: DbtCloudClient;
  readonly where: JobsOf;
  /** The branch that the command works for; absent when Terraform applies the file. */
  readonly branch?: Branch;
}

/** A target whose jobs are deployed from feature branches. */
export type BranchTarget = Target & { readonly branch: Branch };

/**
 * Reads the env file of a command and connects to dbt Cloud.
 *
 * @param config the path of the env file
 * @throws ConfigurationError with all problems of the file and of the environment variables
 * @throws CommandError when Terraform makes the project or the environment, so that its id is not in the file
 */
export function openTarget(config: string, dependencies: CommandDependencies): Target {
  const settings = readSettings(dependencies.env);
  return connectTarget(loadEnvironment(config, settings), settings, dependencies);
}

/**
 * Connects to dbt Cloud for the jobs of an env file.
 *
 * @param file the env file as `loadEnvironment` reads it
 * @throws ConfigurationError with all problems of the environment variables
 * @throws CommandError as {@link openTarget} does
 */
export function connectTarget(
  { environment, beside, fileOf }: Pick<Target, "environment" | "beside" | "fileOf">,
  settings: Settings,
  dependencies: CommandDependencies,
): Target {
  const { env, folder } = dependencies;
  const isOfBranch = environment.applied_by === "api";
  const [client, workplace] = both(
    () => connect(settings, dependencies),
    () => (isOfBranch ? readWorkplace(env, folder) : undefined),
  );
  const branch = workplace && branchOf(environment, workplace);
  const where = { projectId: idIn(environment, "project"), environmentId: idIn(environment, "environment") };
  return { environment, beside, fileOf, client, where, branch };
}

/**
 * Reads the env file of a command that only works for branch jobs, and connects to dbt Cloud.
 *
 * @throws ConfigurationError as {@link openTarget} does
 * @throws CommandError when Terraform applies the file
 */
export function openBranchTarget(config: string, command: string, dependencies: CommandDependencies): BranchTarget {
  const target = openTarget(config, dependencies);
  if (target.branch) return { ...target, branch: target.branch };
  const { name } = target.environment;
  throw new CommandError(
    EXIT.usage,
    `Terraform applies ${config}, and ${command} is only for branch jobs; ` +
      `\`dbt-job-manager status --config ${config}\` shows its jobs, \`npx cdktf deploy ${name}\` changes them`,
  );
}

/** The jobs of a target in dbt Cloud, by key. Branch jobs are found by their marks, Terraform's jobs by their names. */
export function jobsByKey({ environment, branch }: Target, records: readonly JobRecord[]): Map<string, JobRecord> {
  if (branch) {
    const { byKey } = takeInventory(branch, Object.keys(environment.jobs), records);
    return new Map([...byKey].map(([key, { record }]) => [key, record]));
  }
  return new Map(
    [...namedJobs(environment, records)].flatMap(([key, [record]]) => (record ? [[key, record] as const] : [])),
  );
}

/** The jobs in dbt Cloud with the names that Terraform gives to an environment's jobs, by key. Names are not unique there. */
export function namedJobs(
  { team, name, jobs }: EnvironmentDefinition,
  records: readonly JobRecord[],
): Map<string, JobRecord[]> {
  return new Map(
    Object.keys(jobs).map((key) => {
      const jobName = terraformJobName({ team, key, environment: name });
      return [key, records.filter((record) => record.name === jobName)];
    }),
  );
}

/**
 * The option that names the env file, for a command in a message; undefined for branch jobs, which each command finds without it.
 */
export function configOption({ branch }: Pick<Target, "branch">, config: string): string | undefined {
  return branch ? undefined : `--config ${config}`;
}

/**
 * Checks the keys that a person typed.
 *
 * @param place where the known keys are from, for the message
 * @throws CommandError with each unknown key and the most similar known one
 */
export function checkKeys(keys: readonly string[], known: readonly string[], place: string): void {
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const lines = unknown.map((key) => {
    const suggestion = closest(key, known);
    return `${place} has no job with the key ${key}${suggestion ? `; did you mean ${suggestion}?` : ""}`;
  });
  throw new CommandError(EXIT.usage, [...lines, `keys: ${known.join(", ") || "none"}`]);
}

/**
 * Refuses a key whose job is not in dbt Cloud.
 *
 * @throws CommandError always, with the command that creates the job
 */
export function notDeployed(key: string, { branch, environment }: Target): never {
  const fix = branch
    ? `\`dbt-job-manager deploy --only ${key}\` deploys it for branch ${branch.owner.ref}`
    : `\`npx cdktf deploy ${environment.name}\` creates it`;
  throw new CommandError(EXIT.failed, `${key} is not deployed; ${fix}`);
}

/**
 * Refuses a command that writes when DBTCLOUD_READONLY blocks every write.
 *
 * @param purpose the purpose of the command, for the message: `deploy`
 * @param instead what the person can do without a write
 * @throws CommandError when writes are blocked
 */
export function refuseReadOnly({ client }: Pick<Target, "client">, purpose: string, instead: string): void {
  if (!client.isReadOnly) return;
  throw new CommandError(
    EXIT.failed,
    `Unset DBTCLOUD_READONLY to ${purpose}, or ${instead}. DBTCLOUD_READONLY blocks every write, so nothing was sent.`,
  );
}

/** The results of two functions. The problems of both are reported together. */
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
  const id = referencedId(environment[key]);
  if (id !== undefined) return id;
  throw new CommandError(
    EXIT.failed,
    `the file of ${environment.name} does not have the id of the ${key}, because Terraform makes the ${key}; \`terraform output\` shows the id`,
  );
}
