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
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines`];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `    ${line}`));
}
