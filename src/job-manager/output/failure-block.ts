import type { FailedNode, Run } from "../../dbt-cloud/runs";
import { printable } from "../../jobs/printable";
import type { DeadlineAtRisk } from "../runs/consequences";
import type { EarlierRuns } from "../runs/earlier-runs";
import type { Failure, LastRun } from "../runs/job-status";
import { counted } from "./counted";
import { wrapped, type Screen } from "./table";
import { clockTime, minute } from "./time";

/** A job's failure, as it is shown. */
export interface ShownFailure extends Pick<LastRun, "run" | "url"> {
  readonly key: string;
  readonly failure: Failure;
  /** The reason as lines. */
  readonly reason: readonly string[];
  /** The commands that retry the run and print its log. */
  readonly commands: { readonly retry: string; readonly log: string };
  readonly now: Date;
}

const INDENTATION = "    ";
/** The column of labels. */
const LABEL = 9;
const MINUTE = 60_000;
const MOST_ROW_COMMANDS = 2;

/**
 * A failure as lines for people: the reason, the commands for the failing rows, the run and the commit since which the job fails,
 * whether it failed the same way before, the jobs that wait, the deadlines that break, and the commands for a retry and the log.
 * Sentences fit the width of the terminal; commands and addresses stay whole, so that they can be copied.
 */
export function failureBlock(shown: ShownFailure, { width = Infinity }: Screen): string[] {
  const { key, failure, reason, url, commands, now } = shown;
  const { waiting, atRisk } = failure.consequences;
  const labeled = (label: string, lines: readonly string[]): string[] =>
    lines.map((line, i) => `${(i === 0 ? label : "").padEnd(LABEL)}${printable(line)}`);
  const sentence = (label: string, text: string): string[] =>
    labeled(label, text === "" ? [] : wrapped(text, width - INDENTATION.length - LABEL));
  const lines = [
    ...reason.map(printable),
    ...labeled("rows", rowCommands(failure.failed)),
    ...sentence("since", sinceText(shown)),
    ...sentence("before", beforeText(failure.earlier)),
    ...sentence("waiting", waiting.join(", ")),
    ...labeled(
      "breaks",
      atRisk.map((risk) => riskText(risk, now)),
    ),
    ...labeled("retry", [commands.retry]),
    ...labeled("log", [commands.log]),
    ...labeled("run", [url]),
  ];
  return [
    ...wrapped(printable(`${key} failed in: ${failure.step ?? "no step"}`), width),
    ...lines.map((line) => `${INDENTATION}${line}`.trimEnd()),
  ];
}

/** The commands that show the rows of the data tests that failed, for the first few of them. */
export function rowCommands(failed: readonly FailedNode[]): string[] {
  const tests = failed.flatMap(({ node }) => (node.startsWith("test.") ? (node.split(".")[2] ?? []) : []));
  return tests.slice(0, MOST_ROW_COMMANDS).map((test) => `dbt show --select ${test}`);
}

function sinceText({ run, failure: { earlier } }: ShownFailure): string {
  const { since, failures, lastSuccess } = earlier;
  const first = since.id === run.id ? "the first failure" : `${counted(failures, "failure")} without a success`;
  const good = lastSuccess ? `run ${lastSuccess.id} succeeded${commitText(lastSuccess)}` : "no earlier run succeeded";
  return `run ${since.id} of ${minute(since.created_at)} UTC${commitText(since)}, ${first}; ${good}`;
}

function commitText({ git_sha: commit }: Run): string {
  return commit ? ` on commit ${commit.slice(0, 8)}` : "";
}

function beforeText({ read, failures, sameWay, recovered }: EarlierRuns): string {
  const often = `${read.failed} of ${counted(read.runs, "run")} failed`;
  if (read.failed === failures) return often;
  if (sameWay.length === 0) return `${often}, none of the earlier ones in the same way`;
  const ids = sameWay.map(({ id }) => id).join(", ");
  const same = `${often}, ${sameWay.length === 1 ? "run" : "runs"} ${ids} in the same way`;
  return recovered ? `${same}; perhaps flaky: run ${recovered.id} then succeeded on the same commit` : same;
}

function riskText({ key, deadline: { at }, timezone }: DeadlineAtRisk, now: Date): string {
  return `${key} at ${clockTime(at, timezone)} ${timezone}, in ${waitText(at.getTime() - now.getTime())}`;
}

/** `50 min`, `2 h 20 min`. */
function waitText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
