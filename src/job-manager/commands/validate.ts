import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import type { OfflineDependencies, CommandResult } from "./command";

export interface ValidateOptions {
  /** Env files or folders of them. */
  readonly files: readonly string[];
}

/**
 * Checks env files together. It works offline.
 *
 * @throws ConfigurationError with all problems of all files
 */
export function validate({ files }: ValidateOptions, { env }: OfflineDependencies): CommandResult {
  const environments = loadEnvironments(files, readSettings(env));
  const jobs = environments.reduce((sum, environment) => sum + jobCount(environment), 0);
  return {
    exitCode: EXIT.ok,
    text: [
      ...environments.map(
        (environment) =>
          `${environment.name}: ${counted(jobCount(environment), "job")}, applied by ${environment.applied_by}`,
      ),
      `${counted(jobs, "job")} in ${counted(environments.length, "environment")}: no problems`,
    ].join("\n"),
    json: {
      valid: true,
      problems: [],
      environments: environments.map((environment) => ({
        name: environment.name,
        applied_by: environment.applied_by,
        jobs: Object.keys(environment.jobs),
      })),
    } satisfies ResultOf<"validate">,
  };
}

function jobCount(environment: EnvironmentDefinition): number {
  return Object.keys(environment.jobs).length;
}
