import { createColors } from "picocolors";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import { closest } from "../../jobs/closest";
import type { JobDefinition } from "../../jobs/definition";
import { printable } from "../../jobs/printable";
import { valueDifferences, type Difference } from "../branch-jobs/differences";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import { differenceText } from "../output/plan-text";
import type { ResultOf } from "../output/result-schemas";
import { scheduleWords } from "../output/schedule-words";
import { CommandError, type CommandResult, type OfflineDependencies } from "./command";

export interface CompareOptions {
  /** Env files, or folders of them. */
  readonly files: readonly string[];
  /** The names of two environments. */
  readonly left: string;
  readonly right: string;
}

/**
 * Compares the jobs of two environments as their env files declare them: the jobs that only one of them has, and the fields in
 * which the other jobs differ. It works offline.
 *
 * @throws ConfigurationError with all problems of all files
 * @throws CommandError when an environment does not exist
 */
export function compare({ files, left, right }: CompareOptions, dependencies: OfflineDependencies): CommandResult {
  const environments = loadEnvironments(files, readSettings(dependencies.env));
  const [a, b] = [named(environments, left), named(environments, right)];
  const keys = [...new Set([...Object.keys(a.jobs), ...Object.keys(b.jobs)])].sort();
  const onlyLeft = keys.filter((key) => !Object.hasOwn(b.jobs, key));
  const onlyRight = keys.filter((key) => !Object.hasOwn(a.jobs, key));
  const inBoth = keys.filter((key) => Object.hasOwn(a.jobs, key) && Object.hasOwn(b.jobs, key));
  const differing = inBoth
    .map((key) => ({ key, differences: fieldDifferences(a.jobs[key]!, b.jobs[key]!) }))
    .filter(({ differences }) => differences.length > 0);
  const { bold } = createColors(dependencies.colors);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [bold(printable(title)), ...lines.map((line) => `  ${printable(line)}`), ""];
  const words = (environment: EnvironmentDefinition, key: string): string =>
    `${key}  ${scheduleWords(environment.jobs[key]!)}`;
  return {
    exitCode: EXIT.ok,
    text: [
      ...section(
        `Only in ${a.name}`,
        onlyLeft.map((key) => words(a, key)),
      ),
      ...section(
        `Only in ${b.name}`,
        onlyRight.map((key) => words(b, key)),
      ),
      ...section(
        `Different, ${a.name} → ${b.name}`,
        differing.flatMap(({ key, differences }) => [key, ...differences.map((one) => `  ${differenceText(one)}`)]),
      ),
      `${counted(inBoth.length, "job")} in both, ${differing.length} of them different; ` +
        `${onlyLeft.length} only in ${a.name}, ${onlyRight.length} only in ${b.name}`,
    ].join("\n"),
    json: {
      left: a.name,
      right: b.name,
      only_left: onlyLeft,
      only_right: onlyRight,
      different: differing,
    } satisfies ResultOf<"compare">,
  };
}

function named(environments: readonly EnvironmentDefinition[], name: string): EnvironmentDefinition {
  const found = environments.find((environment) => environment.name === name) ?? byShortName(environments, name);
  if (found) return found;
  const names = environments.map((environment) => environment.name);
  const suggestion = closest(name, names);
  throw new CommandError(EXIT.usage, [
    `there is no environment ${name}${suggestion ? `; did you mean ${suggestion}?` : ""}`,
    `environments: ${names.join(", ")}`,
  ]);
}

/** The environment whose name starts with the text, if there is only one: `prod` for production. */
function byShortName(environments: readonly EnvironmentDefinition[], name: string): EnvironmentDefinition | undefined {
  const found = environments.filter((environment) => environment.name.startsWith(name));
  return found.length === 1 ? found[0] : undefined;
}

function fieldDifferences(a: JobDefinition, b: JobDefinition): Difference[] {
  const fields = Object.keys({ ...a, ...b }) as (keyof JobDefinition)[];
  return fields.flatMap((field) => valueDifferences(field, a[field], b[field]));
}
