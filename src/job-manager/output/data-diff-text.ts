import type { DataDiff, KpiChange } from "../../data-diff/data-diff";
import type { ColumnDifference, ComparedMart, MartDifference } from "../../data-diff/difference";
import { printable } from "../../jobs/printable";
import { counted } from "./counted";
import { code, escaped } from "./markdown";

const LONGEST_LIST = 12;

/** A data diff as text for a terminal: what changed in the KPIs, then mart by mart. */
export function dataDiffText(diff: DataDiff): string {
  return [
    headline(diff),
    ...(diff.kpis.length > 0 ? ["", "KPIs", ...diff.kpis.map((kpi) => `  ${kpiSentence(kpi)}`)] : []),
    ...(diff.failures.length > 0 ? ["", "Failed", ...diff.failures.map((one) => `  ${failureText(one)}`)] : []),
    ...diff.marts.flatMap((mart) => ["", mart.name, ...martLines(mart, diff).map((line) => `  ${line}`)]),
  ]
    .map(printable)
    .join("\n");
}

/** A data diff as Markdown, for a merge request. */
export function dataDiffMarkdown(diff: DataDiff): string {
  const list = (lines: readonly string[]): string[] => lines.map((line) => `- ${escaped(line)}`);
  return [
    "### What happens to the figures",
    "",
    escaped(headline(diff)),
    ...(diff.kpis.length > 0 ? ["", "**KPIs**", "", ...list(diff.kpis.map(kpiSentence))] : []),
    ...(diff.failures.length > 0 ? ["", "**Failed**", "", ...list(diff.failures.map(failureText))] : []),
    ...diff.marts.flatMap((mart) => ["", `**${code(mart.name)}**`, "", ...list(martLines(mart, diff))]),
  ].join("\n");
}

function headline({ base, built, marts, unchanged, failures }: DataDiff): string {
  const against = `compared with ${base.slice(0, 8)}`;
  if (built.length === 0 && marts.length === 0) return `No model or seed changed, ${against}.`;
  const outcome =
    marts.length === 0
      ? `no difference in any of ${counted(unchanged, "mart")}`
      : `${counted(marts.length, "mart")} differ${marts.length === 1 ? "s" : ""}, ${unchanged} unchanged`;
  const failed = failures.length > 0 ? `; ${counted(failures.length, "test or model", "tests or models")} failed` : "";
  return `${counted(built.length, "model or seed", "models and seeds")} built again, ${against}: ${outcome}${failed}.`;
}

function failureText({ name, status, message }: DataDiff["failures"][number]): string {
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

function martLines(mart: MartDifference, { readers }: DataDiff): string[] {
  const read = readers[mart.name] ?? [];
  return [
    ...(mart.status === "compared"
      ? comparedLines(mart)
      : [mart.status === "added" ? "new mart" : "this mart is gone"]),
    ...(read.length > 0 ? [`read by: ${read.join(", ")}`] : []),
  ];
}

function comparedLines({ rows, schema, columns, by_key }: ComparedMart): string[] {
  const counts = [`${rows.added} added`, `${rows.lost} lost`, ...(by_key ? [`${rows.changed} changed`] : [])];
  const note = by_key ? "" : ", compared as a whole, because no key is unique in both builds";
  return [
    `rows: ${counts.join(", ")} of ${rows.base}${note}`,
    ...(schema.added.length > 0 ? [`new columns: ${schema.added.join(", ")}`] : []),
    ...(schema.removed.length > 0 ? [`columns that are gone: ${schema.removed.join(", ")}`] : []),
    ...schema.retyped.map(({ name, before, after }) => `type of ${name}: ${before} → ${after}`),
    ...columns.slice(0, LONGEST_LIST).map(columnText),
    ...(columns.length > LONGEST_LIST ? [`and ${columns.length - LONGEST_LIST} more columns`] : []),
  ];
}

function columnText({ name, changed, largest, mean, examples }: ColumnDifference): string {
  const size = largest === null ? "" : `, by ${number(largest)} at most and ${signed(mean ?? 0)} on average`;
  const [first] = examples;
  const example = first ? `; ${first.key.join(", ")}: ${cell(first.before)} → ${cell(first.after)}` : "";
  return `${name}: ${counted(changed, "row")}${size}${example}`;
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return "(none)";
  return typeof value === "number" ? number(value) : String(value);
}

/** A number with four significant decimals at most, and thousands apart. */
function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 1 ? 6 : 2 });
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${number(value)}`;
}
