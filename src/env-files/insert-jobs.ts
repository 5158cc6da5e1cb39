import { isDeepStrictEqual } from "node:util";
import { isCollection, isMap, isNode, isScalar, parseDocument, stringify, type Document, type YAMLMap } from "yaml";
import { ConfigurationError } from "./problem";

/** A job as it is written into an env file: its key, and its fields in the order of the text. */
export interface JobEntry {
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const BLOCK_STEP = 2;

/**
 * The YAML of jobs, with an empty line between two jobs.
 *
 * @param indent the number of spaces before each key. Default: 2, as below `jobs:`
 */
export function jobsText(jobs: readonly JobEntry[], indent = BLOCK_STEP): string {
  const step = Math.max(indent, BLOCK_STEP);
  const texts = jobs.map(({ key, fields }) => {
    const lines = Object.entries(fields).flatMap(([name, value]) => fieldLines(name, value));
    return [`${" ".repeat(indent)}${key}:`, ...lines.map((line) => indented(line, indent + step))].join("\n");
  });
  return texts.map((text) => `${text}\n`).join("\n");
}

/**
 * Adds jobs below the last job of an env file. All other bytes of the text stay the same.
 *
 * @param file the name of the file, for errors
 * @param text an env file without syntax errors
 * @throws ConfigurationError when `jobs` is not a mapping in block style, so that nothing can be inserted
 */
export function insertJobs(file: string, text: string, jobs: readonly JobEntry[]): string {
  if (jobs.length === 0) return text;
  const document = parseDocument(text);
  const existing = isMap(document.contents) ? document.contents.get("jobs", true) : undefined;
  const inserted = isMap(existing)
    ? existing.items.length > 0 && !existing.flow
      ? belowLastJob(text, existing, jobs)
      : insteadOfEmpty(text, document, existing, jobs)
    : undefined;
  if (inserted === undefined || !keepsTheRest(document, inserted, jobs)) throw new ConfigurationError([notBlock(file)]);
  return inserted;
}

function belowLastJob(text: string, existing: YAMLMap, jobs: readonly JobEntry[]): string {
  const end = endOfLine(text, lastContent(existing));
  const before = text.slice(0, end);
  const first = existing.items[0]!.key as { range: readonly number[] };
  const indent = columnOf(text, first.range[0]!);
  const added = `\n${jobsText(jobs, indent)}`.replaceAll("\n", newLineOf(text));
  return `${withFinalNewLine(before, text)}${added}${text.slice(end)}`;
}

/** Replaces the `{}` of `jobs: {}`. */
function insteadOfEmpty(
  text: string,
  document: Document,
  existing: YAMLMap,
  jobs: readonly JobEntry[],
): string | undefined {
  if (existing.items.length > 0 || !existing.range) return undefined;
  if (columnOf(text, (document.contents!.range ?? [0])[0]) !== 0) return undefined;
  const [start, valueEnd] = existing.range;
  const end = endOfLine(text, valueEnd);
  const line = `${text.slice(0, start).replace(/[ \t]+$/, "")}${text.slice(valueEnd, end)}`;
  return `${withFinalNewLine(line, text)}${jobsText(jobs).replaceAll("\n", newLineOf(text))}${text.slice(end)}`;
}

/** Whether the inserted text says the same as before, and the new jobs. The rest of a file must never change. */
function keepsTheRest(before: Document, inserted: string, jobs: readonly JobEntry[]): boolean {
  const after = parseDocument(inserted);
  if (after.errors.length > 0) return false;
  const expected = before.toJS() as { jobs: Record<string, unknown> };
  expected.jobs = { ...expected.jobs, ...Object.fromEntries(jobs.map(({ key, fields }) => [key, fields])) };
  return isDeepStrictEqual(after.toJS(), expected);
}

/** The offset behind the last character of the content of a node, without the comments and empty lines that follow it. */
function lastContent(node: unknown): number {
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1) as { key?: unknown; value?: unknown } | undefined;
    if (isMap(node)) return lastContent(isNode(last?.value) && hasText(last.value) ? last.value : last?.key);
    return lastContent(last);
  }
  return (node as { range: readonly number[] }).range[1]!;
}

/** Whether a value is written. An absent value has a place behind the comments that follow its key. */
function hasText(node: { range?: readonly [number, number, number] | null }): boolean {
  return node.range !== undefined && node.range !== null && (isCollection(node) || node.range[1] > node.range[0]);
}

/** The offset of the next line, or of the end of the text. */
function endOfLine(text: string, offset: number): number {
  if (text[offset - 1] === "\n") return offset;
  const next = text.indexOf("\n", offset);
  return next === -1 ? text.length : next + 1;
}

function withFinalNewLine(before: string, text: string): string {
  return before === "" || before.endsWith("\n") ? before : `${before}${newLineOf(text)}`;
}

function newLineOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function indented(line: string, indent: number): string {
  return line === "" ? "" : `${" ".repeat(indent)}${line}`;
}

/** A field in the style of the shipped env files: short mappings and lists of words in one line, steps line by line. */
function fieldLines(name: string, value: unknown): string[] {
  const isSteps = name === "execute_steps";
  if (typeof value === "object" && value !== null && !isSteps) return [`${name}: ${inOneLine(value)}`];
  return stringify({ [name]: value }, { lineWidth: 0, indent: BLOCK_STEP, blockQuote: "literal" })
    .replace(/\n$/, "")
    .split("\n");
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${inOneLine(key)}: ${inOneLine(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  if (typeof value !== "string") return String(value);
  return isPlainWord(value) ? value : JSON.stringify(value);
}

/** Whether YAML reads a text as the same text without quotation marks, also inside of a list or mapping in one line. */
function isPlainWord(text: string): boolean {
  if (!/^[A-Za-z_][\w-]*$/.test(text)) return false;
  const document = parseDocument(text);
  return isScalar(document.contents) && document.contents.value === text;
}

function notBlock(file: string): ConstructorParameters<typeof ConfigurationError>[0][number] {
  return {
    file,
    path: "jobs",
    reason: "new jobs cannot be inserted without a change of other lines",
    allowed: "`jobs:` with one job per key, each on lines of its own; or `jobs: {}`",
    fix: "write the jobs of the file in block style, or paste the printed jobs by hand",
  };
}
