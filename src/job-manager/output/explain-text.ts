import type { EnvironmentDefinition } from "../../env-files/definition";
import type { JobDefinition } from "../../jobs/definition";
import { printable } from "../../jobs/printable";
import type { Durations } from "../run-history/attainment";
import { sourceName, type DbtNode } from "../selectors/dbt-project";
import type { Neighbours, Read } from "../selectors/neighbours";
import { counted } from "./counted";
import { duration } from "./duration";
import { scheduleWords } from "./schedule-words";
import { wrapped, type Screen } from "./table";
import { inTimeZone, utc } from "./time";

/** A value, or why it is not known. */
export type Known<T> = { readonly value: T } | { readonly unknown: string };

/** What `explain` says about a job. */
export interface Explanation {
  readonly key: string;
  readonly job: JobDefinition;
  readonly environment: EnvironmentDefinition;
  /** The next times at which the schedule starts the job. */
  readonly nextRuns: readonly Date[];
  /** The keys of the jobs that expect this job. */
  readonly expectedBy: readonly string[];
  /** The keys of the jobs that run after this job. */
  readonly starts: readonly string[];
  readonly neighbours: Known<Neighbours>;
  /** The durations of the successful runs in the last days. */
  readonly durations: Known<Durations>;
  /** The number of these days. */
  readonly days: number;
}

/** A text that can take several lines, or a list of which two lines show as much as they can. */
type Text = string | { readonly lead: string; readonly items: readonly string[]; readonly separator?: string };

/** A heading, and the texts beside it. */
type Row = readonly [heading: string, ...texts: Text[]];

const WIDTH = 80;
const INDENTATION = 13;
const LINES_OF_A_LIST = 2;

/** Explains a job in at most 80 columns. A list takes two lines at most, so that all fits on one screen. */
export function explainText(explanation: Explanation, { width = WIDTH }: Screen): string {
  const { key, job, environment, neighbours } = explanation;
  const columns = Math.min(width, WIDTH);
  const rows: Row[] = [
    ["Owner", `${job.owner}, ${job.category}`],
    ["Steps", ...job.execute_steps],
    ["Schedule", ...scheduleTexts(explanation)],
    ["Takes", durationText(explanation)],
    ...("value" in neighbours ? neighbourRows(neighbours.value) : [["Builds", notKnown(neighbours.unknown)] as const]),
    ...orderRows(explanation),
  ];
  const body = rows.flatMap(([heading, ...texts]) =>
    texts
      .flatMap((text) => linesOf(text, columns - INDENTATION))
      .map((line, i) => `${(i === 0 ? heading : "").padEnd(INDENTATION)}${line}`),
  );
  return [
    printable(`${key} in ${environment.name}`),
    ...wrapped(printable(job.description), columns),
    "",
    ...body,
  ].join("\n");
}

function linesOf(text: Text, width: number): string[] {
  if (typeof text === "string") return wrapped(printable(text), width);
  const { lead, items, separator = ", " } = text;
  const lines = (count: number): string[] => {
    const shown = items.slice(0, count).join(separator);
    const rest = items.length - count;
    return wrapped(printable(`${lead}${shown}${rest === 0 ? "" : ` and ${rest} more`}`), width);
  };
  let count = items.length;
  while (count > 1 && lines(count).length > LINES_OF_A_LIST) count -= 1;
  return lines(count);
}

function notKnown(reason: string): string {
  return `not known: ${reason}`;
}

function scheduleTexts({ job, environment: { timezone }, nextRuns }: Explanation): Text[] {
  if (!job.schedule) return [scheduleWords(job)];
  const words = `${scheduleWords(job)} UTC`;
  const times = nextRuns.map((at) => `${utc(at)} UTC${timezone === "UTC" ? "" : ` (${inTimeZone(at, timezone)})`}`);
  if (times.length === 0) return [words];
  const zone = timezone === "UTC" ? "" : `; in brackets: ${timezone}`;
  return [`${words}${zone}`, ...times.map((time, i) => `${i === 0 ? "next" : "then"}: ${time}`)];
}

function durationText({ durations, days }: Explanation): string {
  if ("unknown" in durations) return notKnown(durations.unknown);
  const { count, p50, p95 } = durations.value;
  const runs = counted(count, "successful run");
  return `${duration(p50)} (half of the runs), ${duration(p95)} (95 of 100); ${runs} in ${days} days`;
}

function neighbourRows({ builds, tests, sources, reads, readers, exposures }: Neighbours): Row[] {
  const builders = [...new Set(reads.map(buildersText))];
  const labels = exposures.map(({ name, label }) => label ?? name);
  return [
    ["Builds", builds.length === 0 ? "no table" : list(`${counted(builds.length, "table")}: `, builds)],
    ["Tests", tests === 0 ? "none" : counted(tests, "data test")],
    ...row("Sources", sources.length === 0 ? [] : [{ lead: "", items: sources.map(sourceName) }]),
    ...row(
      "Reads",
      builders.map((from) => {
        const group = reads.filter((read) => buildersText(read) === from);
        return list(
          `from ${from}: `,
          group.map(({ node }) => node),
        );
      }),
    ),
    ...row(
      "Is read",
      readers.map(({ key, nodes }) => list(`by ${key}: `, nodes)),
    ),
    ...row("Exposures", labels.length === 0 ? [] : [{ lead: "", items: labels, separator: "; " }]),
  ];
}

function list(lead: string, nodes: readonly DbtNode[]): Text {
  return { lead, items: nodes.map(({ name }) => name) };
}

function buildersText({ builders }: Read): string {
  return builders.length > 0 ? builders.join(", ") : "no job of this environment";
}

function orderRows({ job, environment: { jobs }, expectedBy, starts }: Explanation): Row[] {
  const before = [
    ...job.expects.map((other) => `${other} (expected earlier on the same day)`),
    ...(job.run_after ? [`${job.run_after.job} (starts this job after ${job.run_after.on.join(", ")})`] : []),
  ];
  const after = [
    ...expectedBy.map((other) => `${other} (expects this job)`),
    ...starts.map((other) => `${other} (starts after ${jobs[other]!.run_after!.on.join(", ")} of this job)`),
  ];
  return [...row("Jobs before", before), ...row("Jobs after", after)];
}

function row(heading: string, texts: readonly Text[]): Row[] {
  return texts.length > 0 ? [[heading, ...texts]] : [];
}
