import type { EnvironmentDefinition } from "../env-files/definition";
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
