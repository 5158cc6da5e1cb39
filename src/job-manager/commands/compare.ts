import { createColors } from "picocolors";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import type { JobDefinition } from "../../jobs/definition";
import { printable } from "../../jobs/printable";
import { valueDifferences, type Difference } from "../branch-jobs/differences";
import { environmentNamed } from "../environment-named";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import { differenceText } from "../output/plan-text";
import type { ResultOf } from "../output/result-schemas";
import { scheduleWords } from "../output/schedule-words";
import type { CommandResult, OfflineDependencies } from "./command";

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
  const [a, b] = [environmentNamed(environments, left), environmentNamed(environments, right)];
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

function fieldDifferences(a: JobDefinition, b: JobDefinition): Difference[] {
  const fields = Object.keys({ ...a, ...b }) as (keyof JobDefinition)[];
  return fields.flatMap((field) => valueDifferences(field, a[field], b[field]));
}
