import { printable } from "../../jobs/printable";
import type { ChangedJob, Effect } from "../../simulation/change";
import type { Forecast, JobForecast, SlaForecast, Trials } from "../../simulation/forecast";
import { changeSentences, rounded } from "./change-words";
import { counted } from "./counted";
import { duration } from "./duration";
import { code, escaped, tableRow } from "./markdown";
import { table, type Screen } from "./table";
import { utc } from "./time";

/** A simulation, as it is shown. */
export interface Shown extends Trials {
  readonly forecast: Forecast;
  /** The jobs of whose durations nothing is known, and how long each of their runs takes. */
  readonly assumed: { readonly keys: readonly string[]; readonly seconds: number };
  /** Absent without a change. */
  readonly change?: {
    readonly jobs: readonly ChangedJob[];
    readonly effects: readonly Effect[];
  };
}

type Due = JobForecast & { readonly sla: SlaForecast };

/** How many days with missed deadlines the text shows. */
const MOST_DAYS = 10;
/** Hours with a smaller use of all slots are not shown. */
const SMALLEST_USE = 0.005;
const DAY = 24 * 60 * 60 * 1000;

/** The simulation as text for a terminal. */
export function simulationText(shown: Shown, screen: Screen): string {
  const { forecast, assumed, change } = shown;
  return [
    headline(shown),
    "",
    ...(change ? [...changeSentences(change.jobs, change.effects).map(printable), ""] : []),
    table(
      ["ENVIRONMENT", "KEY", "RUNS", "FAILED", "WAIT P95", "DEADLINE", "DUE", "MISSED"],
      forecast.jobs.map(cells),
      screen,
      ["WAIT P95", "FAILED", "RUNS", "ENVIRONMENT"],
    ),
    "",
    ...daysAtRisk(forecast),
    "",
    ...pathLines(forecast),
    "",
    ...slotTable(forecast, screen),
    ...(assumed.keys.length > 0 ? ["", printable(assumption(assumed))] : []),
  ].join("\n");
}

/** The simulation as Markdown, for a merge request: one sentence if the change concerns no deadline. */
export function simulationMarkdown(shown: Shown): string {
  const { forecast, change, assumed } = shown;
  const due = forecast.jobs.filter(isDue);
  const before = new Map(change?.effects.map((effect) => [`${effect.environment} ${effect.key}`, effect]));
  const todayOf = ({ environment, key, sla }: Due): string => {
    const effect = before.get(`${environment} ${key}`);
    return effect ? (effect.before ? rounded(effect.before.missed) : "–") : rounded(sla.missed);
  };
  const rows = due.map((job) => [
    escaped(job.environment),
    code(job.key),
    escaped(job.sla.finishBy),
    String(job.sla.days.length),
    ...(change ? [todayOf(job)] : []),
    rounded(job.sla.missed),
  ]);
  const headings = ["Environment", "Job", "Deadline", "Due", ...(change ? ["Missed today"] : []), "Missed"];
  const heading = `### Deadlines in ${escaped(headline(shown))}`;
  const sentences = change ? changeSentences(change.jobs, change.effects).map((text) => escaped(printable(text))) : [];
  if (change?.jobs.length === 0) return [heading, "", ...sentences].join("\n");
  return [
    heading,
    "",
    ...(change ? [...sentences, ""] : []),
    ...(rows.length === 0
      ? ["No job has a deadline."]
      : [tableRow(headings), tableRow(headings.map((_, i) => (i < 3 ? ":--" : "--:"))), ...rows.map(tableRow)]),
    ...(assumed.keys.length > 0 ? ["", escaped(printable(assumption(assumed)))] : []),
  ].join("\n");
}

function headline({ period: { from, to }, trials, seed }: Shown): string {
  const days = Math.round((to.getTime() - from.getTime()) / DAY);
  return `${counted(days, "day")} from ${utc(from).slice(0, 10)}, ${counted(trials, "trial")}, seed ${seed}`;
}

function cells({ environment, key, runs, failed, waitP95, sla }: JobForecast): string[] {
  return [
    environment,
    key,
    rounded(runs),
    rounded(failed),
    runs > 0 ? duration(waitP95) : "–",
    sla?.finishBy ?? "–",
    sla ? String(sla.days.length) : "–",
    sla ? rounded(sla.missed) : "–",
  ];
}

function daysAtRisk({ jobs }: Forecast): string[] {
  const days = jobs
    .filter(isDue)
    .flatMap(({ key, sla }) => sla.days.map((day) => ({ key, ...day })))
    .filter(({ missed }) => missed > 0)
    .sort((a, b) => b.missed - a.missed || a.at.getTime() - b.at.getTime());
  if (days.length === 0) return [jobs.some(isDue) ? "No deadline is missed." : "No job has a deadline in these days."];
  const lines = days.slice(0, MOST_DAYS).map(({ key, at, missed }) => `  ${utc(at)} UTC  ${percent(missed)}  ${key}`);
  const rest = days.length - lines.length;
  return [
    "Deadlines at risk, with the share of the trials that miss them",
    ...lines.map(printable),
    ...(rest > 0 ? [`  and ${counted(rest, "deadline")} more: --json has all`] : []),
  ];
}

function pathLines({ jobs }: Forecast): string[] {
  const lines = jobs.filter(isDue).flatMap(({ sla: { path } }) => {
    if (!path || path.steps.length < 2) return [];
    const runs = path.steps.map(({ key, start }) => (start === "queue" ? `${key} (queue)` : key));
    return [`  ${percent(path.share)}  ${runs.join(" → ")}`];
  });
  if (lines.length === 0) return ["No job with a deadline usually waits for another job."];
  return ["Most frequent critical path of each job that waits for others", ...lines.map(printable)];
}

function slotTable({ slotUse }: Forecast, screen: Screen): string[] {
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
    slotUse.some((use) => use.hours[hour]! >= SMALLEST_USE),
  );
  if (hours.length === 0) return ["No run uses a slot."];
  const rows = hours.map((hour) => [
    `${String(hour).padStart(2, "0")}:00`,
    ...slotUse.map((use) => percent(use.hours[hour]!)),
  ]);
  return [
    "Use of the run slots",
    table(["HOUR (UTC)", ...slotUse.map(({ environment }) => environment)], rows, screen),
  ];
}

function assumption({ keys, seconds }: Shown["assumed"]): string {
  return `Assumed duration of ${keys.join(", ")}, without a known run: ${duration(seconds)}`;
}

function isDue(job: JobForecast): job is Due {
  return job.sla !== undefined;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
