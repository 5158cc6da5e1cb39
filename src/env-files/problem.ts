import { printable } from "../jobs/printable";
import type { Refusal } from "../jobs/refusal";

/** One problem of an env file or of the process's environment. */
export interface Problem extends Refusal {
  /** The file, as the user named it; `environment` for an env var, or the option of a command such as `--local`. */
  readonly file: string;
  /** 1-based; absent if the problem has no place in a text. */
  readonly line?: number;
  readonly column?: number;
  /** The path of keys, `jobs.attribution.threads`; empty for the whole file. */
  readonly path: string;
  /** A short form of the value found; absent if there is no value or if it is secret. */
  readonly got?: string;
}

/** All problems of the configuration. The message is the whole report. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.name = "ConfigurationError";
  }
}

/**
 * The report of problems as text: place and path, then the value found, the allowed values and the fix.
 *
 * @param noun what the report counts; default: problem
 */
export function formatProblems(problems: readonly Problem[], noun: "problem" | "warning" = "problem"): string {
  const total = [count(problems.length, noun), ...placesOf(problems)].join(" in ");
  return [...problems.map(formatProblem), total].join("\n\n");
}

/** The number of files with problems; nothing if all problems are in env vars or options. */
function placesOf(problems: readonly Problem[]): string[] {
  const places = new Set(problems.map(({ file }) => file));
  const files = [...places].filter((place) => place !== "environment" && !place.startsWith("--"));
  return files.length > 0 ? [count(files.length, "file")] : [];
}

function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined);
  const heading = [place.join(":"), problem.path].filter(Boolean).join("  ");
  return [
    `${heading}: ${problem.reason}`,
    ...(problem.got === undefined ? [] : [`  got:     ${problem.got}`]),
    `  allowed: ${problem.allowed}`,
    `  fix:     ${problem.fix}`,
  ]
    .map(printable)
    .join("\n");
}

/** Sorts problems by file, line and column. */
export function inReadingOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
