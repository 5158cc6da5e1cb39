import type { EnvironmentDefinition } from "../env-files/definition";
import { loadEnvironment } from "../env-files/load";
import type { Settings } from "../env-files/settings";
import { closest } from "../jobs/closest";
import { CommandError } from "./commands/command";
import { EXIT } from "./exit-codes";

/**
 * The environment with a name, or the only one whose name starts with the text: `prod` for production.
 *
 * @param restriction what the environments have in common, for the error: ` that Terraform applies`
 * @throws CommandError when there is no such environment
 */
export function environmentNamed(
  environments: readonly EnvironmentDefinition[],
  name: string,
  restriction = "",
): EnvironmentDefinition {
  const byStart = environments.filter((environment) => environment.name.startsWith(name));
  const found =
    environments.find((environment) => environment.name === name) ?? (byStart.length === 1 ? byStart[0] : undefined);
  if (found) return found;
  const names = environments.map((environment) => environment.name);
  const suggestion = closest(name, names);
  throw new CommandError(EXIT.usage, [
    `there is no environment ${name}${restriction}${suggestion ? `; did you mean ${suggestion}?` : ""}`,
    `environments: ${names.join(", ")}`,
  ]);
}

/**
 * The environments, with a changed env file in place of the one of the same environment.
 *
 * @throws ConfigurationError with all problems of the file
 * @throws CommandError when no environment has the name
 */
export function withChangedFile(
  environments: readonly EnvironmentDefinition[],
  file: string,
  settings: Settings,
): EnvironmentDefinition[] {
  const { environment } = loadEnvironment(file, settings);
  const replaced = environmentNamed(environments, environment.name);
  return environments.map((one) => (one === replaced ? environment : one));
}
