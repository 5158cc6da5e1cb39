import { resolve } from "node:path";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadPlaceable } from "../../env-files/load";
import { ConfigurationError, formatProblems, inReadingOrder, type Problem } from "../../env-files/problem";
import { readSettings } from "../../env-files/settings";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import { problemsOf, warningsOf } from "../selectors/findings";
import { DbtError } from "../selectors/resolve";
import { resolveJobs, type ResolvedEnvironment } from "../selectors/resolved-jobs";
import { CommandError, type CommandResult, type OfflineDependencies } from "./command";

export interface ValidateOptions {
  /** Env files or folders of them. */
  readonly files: readonly string[];
  /**
   * Resolves the steps with dbt, and checks what they select.
   *
   * @default - dbt is not started
   */
  readonly dbt?: {
    /** The folder of the project. */
    readonly project: string;
    /**
     * The dbt program.
     *
     * @default - the dbt of .venv
     */
    readonly program?: string;
  };
  /**
   * Ends with exit code 2 when there are warnings.
   *
   * @default false
   */
  readonly exitCode?: boolean;
}

/**
 * Checks env files together. It works offline.
 *
 * @throws ConfigurationError with all problems of all files
 * @throws CommandError when dbt cannot resolve the steps
 */
export function validate(
  { files, dbt, exitCode = false }: ValidateOptions,
  { env }: OfflineDependencies,
): CommandResult {
  const { environments, placeIn } = loadPlaceable(files, readSettings(env));
  const resolved =
    dbt && attempt(() => resolveJobs(environments, { root: resolve(dbt.project), program: dbt.program, env }));
  const place = (find: typeof problemsOf): Problem[] =>
    inReadingOrder(
      resolved?.environments.flatMap((one) => find(one).map((finding) => placeIn(one.environment, finding))) ?? [],
    );
  const problems = place(problemsOf);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const warnings = place(warningsOf);
  const jobs = environments.reduce((sum, environment) => sum + jobCount(environment), 0);
  const total = `${counted(jobs, "job")} in ${counted(environments.length, "environment")}: no problems`;
  return {
    exitCode: exitCode && warnings.length > 0 ? EXIT.onRequest : EXIT.ok,
    text: [
      ...(warnings.length > 0 ? [formatProblems(warnings, "warning"), ""] : []),
      ...environments.map((environment) => environmentLine(environment, resolved?.environments)),
      resolved ? `${total}; ${resolvedText(resolved)}` : total,
    ].join("\n"),
    json: {
      valid: true,
      problems: [],
      ...(resolved ? { warnings } : {}),
      environments: environments.map((environment) => ({
        name: environment.name,
        applied_by: environment.applied_by,
        jobs: Object.keys(environment.jobs),
      })),
    } satisfies ResultOf<"validate">,
  };
}

function environmentLine(environment: EnvironmentDefinition, resolved: readonly ResolvedEnvironment[] = []): string {
  const { name, applied_by } = environment;
  const own = resolved.find((one) => one.environment === environment);
  const built = new Set(own?.jobs.flatMap(({ builds }) => [...builds.keys()]));
  const builds = own ? `, builds ${counted(built.size, "model")}` : "";
  return `${name}: ${counted(jobCount(environment), "job")}, applied by ${applied_by}${builds}`;
}

function resolvedText({
  environments,
  seconds,
}: {
  environments: readonly ResolvedEnvironment[];
  seconds: number;
}): string {
  const steps = environments.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));
  return `dbt resolved ${counted(steps.length, "step")} in ${seconds.toFixed(1)} s`;
}

function jobCount(environment: EnvironmentDefinition): number {
  return Object.keys(environment.jobs).length;
}

function attempt<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof DbtError) throw new CommandError(EXIT.failed, error.message.split("\n"));
    throw error;
  }
}
