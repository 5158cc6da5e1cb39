import { printable } from "../../jobs/printable";
import type { Period } from "../run-history/attainment";
import type { SlaReport } from "../run-history/report";
import { duration } from "./duration";
import { code, escaped } from "./markdown";
import { table, type Screen } from "./table";
import { utc } from "./time";

/** The reports of an environment's jobs. */
export interface SlaReports {
  /** The name of the environment. */
  readonly name: string;
  readonly period: Period;
  readonly reports: readonly SlaReport[];
}

/** The headings of {@link slaCells}. */
export const SLA_HEADINGS = ["KEY", "DEADLINE", "MET", "ATTAINED", "TARGET", "BUDGET", "UPTIME", "P50", "P95", "TREND"];

/** The reports as text for a terminal: a table, and a line for each missed deadline. */
export function slaText(shown: SlaReports, screen: Screen): string {
  return [
    printable(slaHeadline(shown)),
    "",
    table(SLA_HEADINGS, shown.reports.map(slaCells), screen, ["TREND", "UPTIME", "BUDGET", "P95", "P50"]),
    ...shown.reports.flatMap(({ key, misses }) => [
      ...(misses.length > 0 ? ["", `${printable(key)} missed`] : []),
      ...misses.map(({ deadline, words, url }) =>
        printable(`  ${utc(deadline.at)} UTC: ${words}${url ? `  ${url}` : ""}`),
      ),
    ]),
    "",
    printable(slaClosing(shown)),
  ].join("\n");
}

/** The reports as Markdown, for a wiki page or a merge request. */
export function slaMarkdown(shown: SlaReports): string {
  const row = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  const misses = shown.reports.flatMap(({ key, misses: own }) =>
    own.map(({ deadline, words, url }) => {
      const line = `- ${code(key)} ${utc(deadline.at)} UTC: ${escaped(printable(words))}`;
      return url ? `${line} ([run](${url}))` : line;
    }),
  );
  return [
    `### ${escaped(slaHeadline(shown))}`,
    "",
    row(SLA_HEADINGS.map((heading) => heading.charAt(0) + heading.slice(1).toLowerCase())),
    row(SLA_HEADINGS.map((_, i) => (i < 2 ? ":--" : "--:"))),
    ...shown.reports.map((report) => {
      const [key, ...rest] = slaCells(report);
      return row([code(key!), ...rest.map(escaped)]);
    }),
    ...(misses.length > 0 ? ["", "**Missed deadlines**", "", ...misses] : []),
    "",
    escaped(slaClosing(shown)),
  ].join("\n");
}

/** The environment and the period of the reports. */
export function slaHeadline({ name, period: { from, to } }: SlaReports): string {
  return `Deadlines of ${name} from ${utc(from)} to ${utc(to)} UTC`;
}

/** The jobs, marts and exposures below their targets, in one sentence. */
export function slaClosing({ reports }: SlaReports): string {
  const late = reports.filter(({ isKept }) => isKept === false).map(({ key }) => key);
  if (late.length > 0) return `Below the target: ${late.join(", ")}`;
  return reports.every(({ isKept }) => isKept === null) ? "No deadline in this period" : "Every target was kept";
}

/** The figures of a report, one for each heading. */
export function slaCells({
  key,
  kind,
  finishBy,
  met,
  due,
  attained,
  target,
  budgetLeft,
  uptime,
  durations,
}: SlaReport): string[] {
  return [
    kind === "job" ? key : `${key} (${kind})`,
    finishBy,
    `${met}/${due}`,
    percent(attained),
    `${target} %`,
    due === 0 ? "–" : rounded(budgetLeft),
    percent(uptime),
    durations ? duration(durations.p50) : "–",
    durations ? duration(durations.p95) : "–",
    durations && durations.trend !== null ? `${durations.trend < 0 ? "" : "+"}${Math.round(durations.trend)} %` : "–",
  ];
}

/** Two decimals, cut off: 99.999 % of a month is not 100 %. */
function percent(value: number | null): string {
  return value === null ? "–" : `${rounded(Math.floor(value * 100) / 100)} %`;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(2)));
}
