import { resolve } from "node:path";
import { DataDiffError } from "../../data-diff/builds";
import { dataDiff, type DataDiff } from "../../data-diff/data-diff";
import { EXIT } from "../exit-codes";
import { dataDiffMarkdown, dataDiffText } from "../output/data-diff-text";
import type { ResultOf } from "../output/result-schemas";
import { CommandError, type CommandResult, type OfflineDependencies } from "./command";

export interface DiffDataOptions {
  /** The folder of the project. */
  readonly project: string;
  /** The branch or commit to compare with. */
  readonly base: string;
  /** Whether the text is Markdown. */
  readonly markdown: boolean;
  /** Whether a mart that differs ends the command with exit code 2. */
  readonly exitCode: boolean;
}

/** The surroundings of the command. */
export interface DiffDataDependencies extends OfflineDependencies {
  /** Shows the present step. */
  readonly say: (message: string) => void;
}

/**
 * Describes what the changes of a branch do to the figures: it builds the dbt project on DuckDB as it was and as it is, and
 * compares every mart by its key.
 *
 * @throws CommandError when git does not know the base, or a build fails
 */
export function diffData(
  { project, base, markdown, exitCode }: DiffDataOptions,
  { env, say }: DiffDataDependencies,
): CommandResult {
  const diff = attempt(() => dataDiff({ root: resolve(project), base, env, say }));
  const isDifferent = diff.marts.length > 0 || diff.failures.length > 0;
  return {
    exitCode: exitCode && isDifferent ? EXIT.onRequest : EXIT.ok,
    text: markdown ? dataDiffMarkdown(diff) : dataDiffText(diff),
    json: diff satisfies ResultOf<"diff-data">,
  };
}

function attempt(make: () => DataDiff): DataDiff {
  try {
    return make();
  } catch (error) {
    if (error instanceof DataDiffError) throw new CommandError(EXIT.failed, error.message.split("\n"));
    throw error;
  }
}
