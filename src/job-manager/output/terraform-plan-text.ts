import { toString as cronWords } from "cronstrue";
import { createColors } from "picocolors";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { printable } from "../../jobs/printable";
import { nextFireTimes, scheduleSchema } from "../../jobs/schedule";
import {
  isChanged,
  isLost,
  LOSS,
  type Action,
  type JobChange,
  type OtherChange,
  type PlanChanges,
} from "../terraform-plan/changes";
import type { Refusal } from "../terraform-plan/guard";
import { counted } from "./counted";
import { code, escaped } from "./markdown";
import { differenceText } from "./plan-text";
import { scheduleWords } from "./schedule-words";
import { inTimeZone, utc } from "./time";

/** A plan of Terraform, for people. */
export interface PlanReport {
  readonly definition: EnvironmentDefinition;
  readonly changes: PlanChanges;
  /** The guard's reasons against the plan. */
  readonly refusals: readonly Refusal[];
  /** The time from which next runs count. */
  readonly now: Date;
}

/** The actions in the order of the report: what loses something comes first. */
const ORDER: readonly Action[] = ["delete", "replace", "forget", "create", "update", "unchanged"];

/** A job or another object of the report: a headline, and the lines below it. */
interface Item {
  readonly action: Action;
  readonly name: string;
  readonly note: string;
  readonly lines: readonly string[];
}

/** The number of jobs for each action. */
export function actionTotals({ jobs }: PlanChanges): Record<Action, number> {
  const totals = { delete: 0, replace: 0, forget: 0, create: 0, update: 0, unchanged: 0 };
  for (const { action } of jobs) totals[action]++;
  return totals;
}

/** A plan as text for a terminal, without the guard's verdict. */
export function terraformPlanText(report: PlanReport, colors: boolean): string {
  const paint = createColors(colors);
  const shades: Readonly<Record<Action, (text: string) => string>> = {
    delete: paint.red,
    replace: paint.red,
    forget: paint.yellow,
    create: paint.green,
    update: paint.yellow,
    unchanged: paint.cyan,
  };
  const items = itemsOf(report).flatMap(({ action, name, note, lines }) => [
    `  ${shades[action](`${SIGNS[action]} ${name}`)}  ${note}`,
    ...lines.map((line) => `      ${line}`),
  ]);
  return [...items, totalsLine(report)].join("\n");
}

/** A plan as Markdown, for a merge request. */
export function terraformPlanMarkdown(report: PlanReport): string {
  const { definition, refusals } = report;
  const items = itemsOf(report).flatMap(({ action, name, note, lines }) => [
    `- **${action}** ${code(name)}: ${escaped(note)}`,
    ...lines.map((line) => `  - ${code(line)}`),
  ]);
  const guard = refusals.map(
    ({ message, fix }) => `> **The deploy is refused**: ${escaped(message)}. ${escaped(fix)}.`,
  );
  return [
    `### Jobs of ${definition.name}`,
    "",
    escaped(totalsLine(report)),
    "",
    ...items,
    ...(guard.length > 0 ? ["", ...guard] : []),
  ].join("\n");
}

const SIGNS: Readonly<Record<Action, string>> = {
  delete: "-",
  replace: "±",
  forget: "?",
  create: "+",
  update: "~",
  unchanged: "→",
};

function itemsOf(report: PlanReport): Item[] {
  const jobs = report.changes.jobs.filter(isChanged).map((job) => jobItem(job, report));
  const others = report.changes.others.map(otherItem);
  return [...jobs, ...others].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
}

function jobItem(job: JobChange, report: PlanReport): Item {
  const { action, key } = job;
  const { definition } = report;
  const lines = [
    ...job.differences.filter(({ field }) => !SCHEDULE.includes(field)).map(differenceText),
    ...scheduleLines(job, report),
    ...(job.changedByHand.length > 0
      ? [`changed in dbt Cloud after the last deploy: ${[...new Set(job.changedByHand)].join(", ")}`]
      : []),
  ];
  const wanted = definition.jobs[key];
  const created =
    action === "create" && wanted ? [`${scheduleWords(wanted)}, ${counted(wanted.execute_steps.length, "step")}`] : [];
  const note = [
    ...(job.jobId === undefined ? [] : [`job ${job.jobId}`]),
    ...created,
    ...(isLost(job) ? [LOSS] : []),
    ...(action === "forget" ? ["stays in dbt Cloud without this stack"] : []),
    ...(job.movedFrom === undefined ? [] : [`moved from ${job.movedFrom}, keeps its id and history`]),
    ...(job.isAdopted ? ["adopted: it was created outside this stack"] : []),
  ];
  return { action, name: printable(key), note: printable(note.join("; ")), lines: lines.map(printable) };
}

function otherItem({ action, title, differences }: OtherChange): Item {
  return { action, name: printable(title), note: OUTCOMES[action], lines: differences.map(differenceText) };
}

const OUTCOMES: Readonly<Record<Action, string>> = {
  delete: "is deleted",
  replace: "is deleted and created again",
  forget: "stays in dbt Cloud without this stack",
  create: "is created",
  update: "changes",
  unchanged: "",
};

/** The fields that {@link scheduleLines} describes. */
const SCHEDULE = ["schedule", "scheduled"];

/** A change of the schedule, with the next run in UTC and in the team's time zone, and the jobs that count on this one. */
function scheduleLines({ action, key, cron }: JobChange, { definition, now }: PlanReport): string[] {
  if ((action !== "update" && action !== "replace") || cron.before === cron.after) return [];
  const { timezone, jobs } = definition;
  const words = (expression: string | undefined): string => {
    if (expression === undefined) return "none";
    return isReadable(expression) ? cronWords(expression, { use24HourTimeFormat: true }) : expression;
  };
  const next = (expression: string | undefined): string => {
    if (expression !== undefined && !isReadable(expression)) return "not known";
    const [time] = expression === undefined ? [] : nextFireTimes({ cron: expression }, now, 1);
    if (!time) return "none";
    return timezone === "UTC" ? `${utc(time)} UTC` : `${utc(time)} UTC, ${inTimeZone(time, timezone)} ${timezone}`;
  };
  const waiting = Object.entries(jobs)
    .filter(([, job]) => job.expects.includes(key) || job.run_after?.job === key)
    .map(([other, job]) => `${other} (${scheduleWords(job)})`);
  return [
    `schedule: ${words(cron.before)} → ${words(cron.after)}`,
    `next run: ${next(cron.before)} → ${next(cron.after)}`,
    ...(waiting.length > 0 ? [`expected by: ${waiting.join(", ")}`] : []),
  ];
}

/** A person can have written an expression in dbt Cloud that no env file allows. */
function isReadable(cron: string): boolean {
  return scheduleSchema.safeParse({ cron }).success;
}

function totalsLine({ changes, definition }: PlanReport): string {
  const totals = actionTotals(changes);
  const parts = ORDER.filter((action) => totals[action] > 0 || ["delete", "create", "update"].includes(action));
  const moved = changes.jobs.filter(({ movedFrom }) => movedFrom !== undefined).length;
  const words = parts.map((action) =>
    action === "unchanged" ? `${totals[action]} unchanged` : `${totals[action]} to ${action}`,
  );
  return `Plan of ${definition.name}: ${[...words, ...(moved > 0 ? [`${moved} moved`] : [])].join(", ")}.`;
}

/** The guard's reasons against a plan, each with its fix; none when the plan may be applied. */
export function guardLines({ refusals }: PlanReport): string[] {
  if (refusals.length === 0) return [];
  const reasons = refusals.flatMap(({ message, fix }) => [`  ${message}`, `    fix: ${fix}`]);
  return ["The guard refuses this plan:", ...reasons].map(printable);
}
