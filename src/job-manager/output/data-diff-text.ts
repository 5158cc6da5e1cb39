import type { DataDiff, KpiChange } from "../../data-diff/data-diff";
import type { ContractChange } from "../../data-diff/declared-changes";
import type { ColumnDifference, ComparedMart, MartDifference } from "../../data-diff/difference";
import { printable } from "../../jobs/printable";
import type { ModelJobs } from "../selectors/model-jobs";
import { counted } from "./counted";
import type { Known } from "./explain-text";
import { code, escaped } from "./markdown";

/** A data diff, with the jobs that work on the marts that differ. */
export interface DataDiffReport extends DataDiff {
  /** The jobs by the mart's name. */
  readonly jobs: Known<ReadonlyMap<string, ModelJobs>>;
}

const LONGEST_LIST = 12;

/** A data diff as text for a terminal: what changed in the KPIs, then mart by mart. */
export function dataDiffText(diff: DataDiffReport): string {
  return [
    headline(diff),
    ...listsOf(diff).flatMap(({ title, lines }) => ["", title, ...lines.map((line) => `  ${line}`)]),
    ...diff.marts.flatMap((mart) => ["", mart.name, ...martLines(mart, diff).map((line) => `  ${line}`)]),
  ]
    .map(printable)
    .join("\n");
}

/** A data diff as Markdown, for a merge request. */
export function dataDiffMarkdown(diff: DataDiffReport): string {
  const list = (lines: readonly string[]): string[] => lines.map((line) => `- ${escaped(line)}`);
  return [
    "### What happens to the figures",
    "",
    escaped(headline(diff)),
    ...listsOf(diff).flatMap(({ title, lines }) => ["", `**${title}**`, "", ...list(lines)]),
    ...diff.marts.flatMap((mart) => ["", `**${code(mart.name)}**`, "", ...list(martLines(mart, diff))]),
  ].join("\n");
}

/** What is not about the rows of a mart, as lists that are not empty. */
export function listsOf({ kpis, failures, contracts, tests, marts, jobs }: DataDiffReport): TitledList[] {
  return [
    { title: "KPIs", lines: kpis.map(kpiSentence) },
    { title: "Failed", lines: failures.map(failureText) },
    { title: "Contracts", lines: contracts.map(contractText) },
    { title: "New tests", lines: shortened(tests.added) },
    { title: "Tests that are gone", lines: shortened(tests.removed) },
    { title: "Jobs", lines: marts.length > 0 && "unknown" in jobs ? [`the jobs are not known: ${jobs.unknown}`] : [] },
  ].filter(({ lines }) => lines.length > 0);
}

interface TitledList {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The first lines, and the number of the others. */
function shortened(lines: readonly string[], noun = ""): string[] {
  const more = lines.length - LONGEST_LIST;
  return [...lines.slice(0, LONGEST_LIST), ...(more > 0 ? [`and ${more} more${noun}`] : [])];
}

function contractText({ mart, column, before, after }: ContractChange): string {
  const place = column === null ? mart : `${mart}.${column}`;
  return `${place}: ${before ?? "(none)"} → ${after ?? "(none)"}`;
}

/** What was built, and how many marts differ, in one sentence. */
export function headline({ base, built, marts, unchanged, failures }: DataDiffReport): string {
  const against = `compared with ${base.slice(0, 8)}`;
  if (built.length === 0 && marts.length === 0) return `No model or seed changed, ${against}.`;
  const outcome =
    marts.length === 0
      ? `no difference in any of ${counted(unchanged, "mart")}`
      : `${counted(marts.length, "mart")} differ${marts.length === 1 ? "s" : ""}, ${unchanged} unchanged`;
  const failed = failures.length > 0 ? `; ${counted(failures.length, "test or model", "tests or models")} failed` : "";
  return `${counted(built.length, "model or seed", "models and seeds")} built again, ${against}: ${outcome}${failed}.`;
}

function failureText({ name, status, message }: DataDiffReport["failures"][number]): string {
  return `${name}: ${status}${message ? `, ${message.trim().split("\n")[0]!}` : ""}`;
}

function kpiSentence({ label, unit, before, after }: KpiChange): string {
  const words = (value: number | null): string =>
    value === null ? "(none)" : `${number(value)}${unit ? ` ${unit}` : ""}`;
  const change =
    before !== null && after !== null && before !== 0
      ? ` (${signed((100 * (after - before)) / Math.abs(before))} %)`
      : "";
  return `${label}: ${words(before)} → ${words(after)}${change}`;
}

function martLines(mart: MartDifference, diff: DataDiffReport): string[] {
  return [...shapeLines(mart), ...columnLines(mart), ...readerLines(mart.name, diff)];
}

function columnLines(mart: MartDifference): string[] {
  if (mart.status !== "compared") return [];
  return shortened(mart.columns.map(columnText), " columns");
}

/** What reads or builds a mart. */
export function readerLines(mart: string, { readers, jobs }: DataDiffReport): string[] {
  const { built_by, read_by } = ("value" in jobs ? jobs.value.get(mart) : undefined) ?? NO_JOBS;
  return [
    ["read by", readers[mart] ?? []] as const,
    ["read by the jobs", read_by] as const,
    ["built by the jobs", built_by] as const,
  ].flatMap(([words, names]) => (names.length > 0 ? [`${words}: ${names.join(", ")}`] : []));
}

const NO_JOBS: ModelJobs = { built_by: [], read_by: [] };

/** The rows and columns that a mart gained and lost. */
export function shapeLines(mart: MartDifference): string[] {
  if (mart.status !== "compared") return [mart.status === "added" ? "new mart" : "this mart is gone"];
  return comparedLines(mart);
}

function comparedLines({ rows, schema, by_key }: ComparedMart): string[] {
  const counts = [`${rows.added} added`, `${rows.lost} lost`, ...(by_key ? [`${rows.changed} changed`] : [])];
  const note = by_key ? "" : ", compared as a whole, because no key is unique in both builds";
  return [
    `rows: ${counts.join(", ")} of ${rows.base}${note}`,
    ...(schema.added.length > 0 ? [`new columns: ${schema.added.join(", ")}`] : []),
    ...(schema.removed.length > 0 ? [`columns that are gone: ${schema.removed.join(", ")}`] : []),
    ...schema.retyped.map(({ name, before, after }) => `type of ${name}: ${before} → ${after}`),
  ];
}

function columnText({ name, changed, largest, mean, examples }: ColumnDifference): string {
  const size = largest === null ? "" : `, by ${number(largest)} at most and ${signed(mean ?? 0)} on average`;
  const [first] = examples;
  const example = first ? `; ${first.key.join(", ")}: ${cell(first.before)} → ${cell(first.after)}` : "";
  return `${name}: ${counted(changed, "row")}${size}${example}`;
}

/** A value of a mart, as text. */
export function cell(value: string | number | boolean | null): string {
  if (value === null) return "(none)";
  return typeof value === "number" ? number(value) : String(value);
}

/** A number with four significant decimals at most, and thousands apart. */
function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 1 ? 6 : 2 });
}

/** A number with its sign. */
export function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${number(value)}`;
}
