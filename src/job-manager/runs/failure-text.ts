import { stripVTControlCharacters } from "node:util";
import { failedStep, type FailedNode, type Run } from "../../dbt-cloud/runs";

/** A longer message or query is cut, because the log has the rest. */
const MOST_LINES = 40;

/**
 * The reason of a run's failure, as lines: for each test or model that failed, its name, dbt's message, the place of its compiled
 * code, and the query of a data test. Without such a node, it is the error in the log.
 *
 * @param log the lines of the log that explain the failure
 */
export function failureLines(failed: readonly FailedNode[], log: readonly string[], run: Run): string[] {
  if (failed.length === 0) return [...log];
  const stepLog = linesOf(failedStep(run)?.logs ?? "");
  return failed.flatMap((node) => nodeLines(node, stepLog));
}

/** How many tests and models, and how many lines of a log, a summary has. */
const MOST_FAILED = 5;
const MOST_LOG_LINES = 8;

/** The reason of a failure in a few lines: each test or model that failed with the first line of its message, else the log's end. */
export function failureSummary(failed: readonly FailedNode[], log: readonly string[]): string[] {
  const lines = failed.map(({ node, message }) => `${node}  ${linesOf(message)[0] ?? ""}`.trimEnd());
  if (lines.length > 0) return withRest(lines, MOST_FAILED, "tests and models");
  return withRest(log, MOST_LOG_LINES, "lines");
}

function withRest(lines: readonly string[], most: number, unit: string): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `… ${lines.length - most} more ${unit}`];
}

/** The lines of a text of dbt, without colors and tabs. */
export function linesOf(text: string): string[] {
  return stripVTControlCharacters(text)
    .split(/\r?\n/)
    .map((line) => line.replaceAll("\t", "    ").trimEnd());
}

function nodeLines({ node, message, query }: FailedNode, stepLog: readonly string[]): string[] {
  const [first, ...rest] = linesOf(message);
  const path = message.includes("compiled code at") ? undefined : compiledPath(node, stepLog);
  return [
    `${node}  ${first ?? ""}`.trimEnd(),
    ...indented(shortened(rest)),
    ...(path === undefined ? [] : indented([`compiled code at ${path}`])),
    ...(query === null
      ? []
      : [...indented(["query of the failing rows:"]), ...indented(indented(shortened(linesOf(query))))]),
  ];
}

/** The path of a node's compiled code, which dbt prints in its log after the node's message. */
function compiledPath(node: string, log: readonly string[]): string | undefined {
  const names = node.split(".").slice(2);
  const start = log.findIndex((line) => names.includes(/Failure in \w+ (\S+) \(/.exec(line)?.[1] ?? ""));
  if (start < 0) return undefined;
  for (const line of log.slice(start + 1)) {
    if (/Failure in \w+ /.test(line)) return undefined;
    const path = /compiled code at (\S+)$/.exec(line)?.[1];
    if (path !== undefined) return path;
  }
  return undefined;
}

function shortened(lines: readonly string[]): string[] {
  return withRest(lines, MOST_LINES, "lines");
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `    ${line}`));
}
