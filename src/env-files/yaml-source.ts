import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type CST,
  type Document,
  type Range,
  type YAMLMap,
} from "yaml";
import type { Refusal } from "../jobs/refusal";
import type { Problem } from "./problem";

/** A path of keys and list positions into a YAML document. */
export type KeyPath = readonly PropertyKey[];

/** Line and column, 1-based. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as plain data, with the place of each key and value. */
export interface YamlSource {
  readonly file: string;
  readonly data: unknown;
  /**
   * The place of a path. For a path that does not exist (a missing key), the place of the key of its nearest ancestor.
   *
   * @param of the value, or the key in front of it
   */
  positionOf(path: KeyPath, of: "key" | "value"): Position | undefined;
}

/**
 * Reads one YAML document. It refuses aliases, because they make the place of an error ambiguous and can expand a small
 * file to a huge one. `defaults` replaces them.
 *
 * @returns the source, absent if the text is not usable, and the problems of the text
 */
export function readYaml(
  file: string,
  bytes: Uint8Array,
): { readonly yaml?: YamlSource; readonly problems: readonly Problem[] } {
  const text = decode(bytes);
  if (text === undefined) {
    return { problems: [whole(file, "the file is not UTF-8 text", "YAML text in UTF-8", "save the file as UTF-8")] };
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooDeep = tokens.map(tooDeepAt).find((offset) => offset !== undefined);
  if (tooDeep !== undefined) return { problems: [{ file, ...place(lines, tooDeep), path: "", ...TOO_DEEP }] };
  // The library checks repeated keys in quadratic time, so `structureProblems` checks them.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (!document) throw new Error("yaml composed no document, although it was told to");
  const syntax = syntaxProblems(file, document, lines);
  if (second) syntax.push({ file, ...place(lines, second.range[0]), path: "", ...SECOND_DOCUMENT });
  if (syntax.length > 0) return { problems: syntax };
  const problems = structureProblems(file, document, lines);
  // A file with a repeated key still has data, so the other checks can run.
  if (problems.some(({ reason }) => reason !== REPEATED_KEY.reason)) return { problems };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    const fix = "write the environment, or remove the file";
    return { problems: [whole(file, "the file is empty", "an environment with its jobs", fix)] };
  }
  const yaml: YamlSource = {
    file,
    data: document.toJS(),
    positionOf: (path, of) => positionOf(document, lines, path, of),
  };
  return { yaml, problems };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function whole(file: string, reason: string, allowed: string, fix: string): Problem {
  return { file, line: 1, column: 1, path: "", reason, allowed, fix };
}

/** The parser often reports one mistake several times at one place; the first report is enough. */
function syntaxProblems(file: string, document: Document, lines: LineCounter): Problem[] {
  const byPlace = new Map<number, Problem>();
  for (const error of [...document.errors, ...document.warnings]) {
    const [offset] = error.pos;
    if (byPlace.has(offset)) continue;
    byPlace.set(offset, { file, ...place(lines, offset), path: "", ...syntaxRefusal(error.message) });
  }
  return [...byPlace.values()];
}

function syntaxRefusal(message: string): Refusal {
  return {
    reason: message.replace(/[.:]$/, ""),
    allowed: "one YAML 1.2 document",
    fix: "check indentation, colons and quotation marks here and in the line before",
  };
}

/**
 * The place where a text is nested more deeply than any env file needs. The functions that read the document are
 * recursive, and a stack overflow can end the process.
 */
function tooDeepAt(token: CST.Token | null | undefined, depth = 0): number | undefined {
  if (!token) return undefined;
  if (depth > DEEPEST) return token.offset;
  if (token.type === "document") return tooDeepAt(token.value, depth + 1);
  if (!("items" in token)) return undefined;
  for (const { key, value } of token.items) {
    const found = tooDeepAt(value, depth + 1) ?? tooDeepAt(key, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The YAML features that an env file must not use: aliases, repeated keys, and `__proto__`, which JavaScript would
 * lose.
 */
function structureProblems(file: string, document: Document, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  const report = (node: { range?: Range | null }, refusal: Refusal & { got?: string }): void => {
    problems.push({ file, ...place(lines, node.range?.[0] ?? 0), path: "", ...refusal });
  };
  // The library's `visit` copies the path to every node, which takes longer than all these checks.
  const inspect = (node: unknown): void => {
    if (isAlias(node)) report(node, { ...ALIAS, got: `*${node.source}` });
    if (isScalar(node) && typeof node.value === "string" && node.value.includes("TfToken[")) report(node, TOKEN);
    if (isSeq(node)) node.items.forEach(inspect);
    if (isMap(node)) inspectMap(node);
  };
  const inspectMap = ({ items }: YAMLMap): void => {
    const seen = new Set<string>();
    for (const { key } of items) {
      if (!isNode(key)) continue;
      if (!isScalar(key)) {
        report(key, KEY_NOT_TEXT);
        continue;
      }
      const name = String(key.value);
      if (seen.has(name)) report(key, { ...REPEATED_KEY, got: name });
      if (name === "__proto__") report(key, RESERVED_KEY);
      seen.add(name);
    }
    for (const { key, value } of items) {
      inspect(key);
      inspect(value);
    }
  };
  inspect(document.contents);
  return problems;
}

const DEEPEST = 64;

const TOO_DEEP: Refusal = {
  reason: "lists or mappings are nested too deeply",
  allowed: `at most ${DEEPEST} levels`,
  fix: "write it with less nesting",
};

const SECOND_DOCUMENT: Refusal = {
  reason: "a second document starts here",
  allowed: "one YAML 1.2 document",
  fix: "remove `---`, or split the file in two",
};

const ALIAS: Refusal = {
  reason: "an alias repeats another part of the file",
  allowed: "values written out, and `defaults` for what jobs have in common",
  fix: "write the value out, or move it to `defaults`",
};

const TOKEN: Refusal = {
  reason: "the text looks like one of cdktf's own placeholders",
  allowed: "text without `TfToken[`",
  fix: "use a different text",
};

const REPEATED_KEY: Refusal = {
  reason: "the same key is in one mapping twice",
  allowed: "each key once",
  fix: "rename or remove one of the two",
};

const RESERVED_KEY: Refusal = {
  reason: "`__proto__` cannot be a key",
  allowed: "any other key",
  fix: "rename or remove it",
};

const KEY_NOT_TEXT: Refusal = {
  reason: "a list or mapping cannot be a key",
  allowed: "text as keys",
  fix: "write a word before the colon",
};

function positionOf(document: Document, lines: LineCounter, path: KeyPath, of: "key" | "value"): Position | undefined {
  let node: unknown = document.contents;
  let at = offsetOf(node);
  for (const [i, step] of path.entries()) {
    if (!isCollection(node)) break;
    const last = i === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) break;
      at = offsetOf(last && of === "value" ? (pair.value ?? pair.key) : pair.key) ?? at;
      node = pair.value;
    } else {
      const item = node.items[Number(step)];
      if (item === undefined) break;
      at = offsetOf(item) ?? at;
      node = item;
    }
  }
  return at === undefined ? undefined : place(lines, at);
}

function offsetOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0];
}

function place(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
