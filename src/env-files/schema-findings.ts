import type { z } from "zod";
import { closest } from "../jobs/closest";
import type { Refusal } from "../jobs/refusal";
import type { Finding } from "./finding";
import { keysAt, schemasAt } from "./json-schema";
import type { KeyPath } from "./yaml-source";

type Issue = z.core.$ZodIssue;

/** Turns zod's issues about an env file into findings for the user. */
export function findingsOf(issues: readonly Issue[]): Finding[] {
  return withoutRepeats(issues.flatMap((issue) => findingsOfIssue(issue, [])));
}

/** A very large number exceeds two limits. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const byText = new Map(findings.map((finding) => [JSON.stringify([finding.path, finding.reason]), finding]));
  return [...byText.values()];
}

function findingsOfIssue(issue: Issue, parent: KeyPath): Finding[] {
  const path = [...parent, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key));
    case "invalid_union":
      return wrongForm(issue, path);
    case "invalid_key":
      return issue.issues.map((inner) => badKey(path, inner));
    case "invalid_type":
      return [issue.input === undefined ? missing(path) : wrongType(issue, path)];
    case "invalid_value":
      return [issue.input === undefined ? missing(path) : wrongWord(issue, path)];
    default:
      // Zod also measures a mapping that has the key `length`. The wrong type is another issue.
      return "origin" in issue && issue.origin === "unknown"
        ? []
        : [{ path, got: shown(path, issue.input), ...refusalOf(issue, path) }];
  }
}

function unknownKey(path: KeyPath, key: string): Finding {
  const known = keysAt(path);
  if (known.includes(key)) return mixedForms(path, key);
  const suggestion = closest(key, known);
  const fix = suggestion ? `did you mean \`${suggestion}\`?` : (higherUp(path, key) ?? `remove \`${key}\``);
  return {
    path: [...path, key],
    at: "key",
    meant: suggestion === undefined ? undefined : [...path, suggestion],
    reason: `unknown key \`${key}\``,
    allowed: known.length > 0 ? known.join(", ") : "no keys",
    fix,
  };
}

/** Refuses keys of two different forms in one value. */
function mixedForms(path: KeyPath, key: string): Finding {
  const forms = schemasAt(path).flatMap(({ properties }) =>
    properties ? [`{ ${Object.keys(properties).join(", ")} }`] : [],
  );
  return {
    path: [...path, key],
    at: "key",
    reason: `\`${key}\` cannot be combined with the keys beside it`,
    allowed: `one of ${forms.join(" or ")}`,
    fix: `remove \`${key}\`, or the keys beside it`,
  };
}

/** Suggests a mapping at a higher level for a key that is nested too deeply. */
function higherUp(path: KeyPath, key: string): string | undefined {
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const suggestion = closest(key, keysAt(path.slice(0, depth)));
    if (suggestion)
      return `did you mean \`${suggestion}\`? It belongs to ${depth === 0 ? "the file" : `\`${String(path[depth - 1])}\``}, not to \`${String(path.at(-1))}\``;
  }
  return undefined;
}

/** Explains the form that is nearest to the value. When no form is nearest, it lists all forms. */
function wrongForm(issue: z.core.$ZodIssueInvalidUnion, path: KeyPath): Finding[] {
  const input = issue.input;
  if (input === undefined) return [missing(path)];
  const keys = typeof input === "object" && input !== null ? Object.keys(input) : [];
  const [nearest, next] = issue.errors
    .map((issues, i) => ({ issues, unknownKeys: unknownKeys(issues), fit: fit(schemasAt(path)[i], keys) }))
    .sort((a, b) => b.fit - a.fit || a.unknownKeys - b.unknownKeys);
  const clear =
    nearest && nearest.fit > 0 && (!next || next.fit < nearest.fit || next.unknownKeys > nearest.unknownKeys);
  if (clear) return nearest.issues.flatMap((inner) => findingsOfIssue(inner, path));
  return [
    {
      path,
      got: shown(path, input),
      reason: "it matches none of the possible forms",
      allowed: issue.message,
      fix: (keys.length === 0 && exampleFix(path)) || "choose one form and remove the rest",
    },
  ];
}

function unknownKeys(issues: readonly Issue[]): number {
  return issues.reduce((n, issue) => n + (issue.code === "unrecognized_keys" ? issue.keys.length : 0), 0);
}

function fit(schema: { properties?: object } | undefined, keys: readonly string[]): number {
  const known = Object.keys(schema?.properties ?? {});
  return keys.filter((key) => closest(key, known)).length;
}

function badKey(path: KeyPath, inner: Issue): Finding {
  const key = String(path.at(-1));
  return {
    path,
    at: "key",
    got: key,
    ...refusalOf(inner, path),
    reason: reasonOf(inner, `\`${key}\` cannot be a key here`),
  };
}

function missing(path: KeyPath): Finding {
  const key = String(path.at(-1));
  const [schema] = schemasAt(path);
  return {
    path,
    at: "key",
    reason: `\`${key}\` is missing`,
    allowed: schema?.description ?? allowedType(path),
    fix: exampleFix(path) ?? `add \`${key}\``,
  };
}

function wrongType(issue: z.core.$ZodIssueInvalidType, path: KeyPath): Finding {
  const allowed = allowedType(path, issue.expected);
  return {
    path,
    got: shown(path, issue.input),
    reason: `expected ${allowed}`,
    allowed,
    fix: quotationFix(issue) ?? exampleFix(path) ?? `write ${allowed}`,
  };
}

/** YAML reads `010` and `true` as other types than text, and `"4"` as text. */
function quotationFix({ expected, input }: z.core.$ZodIssueInvalidType): string | undefined {
  if (expected === "string" && typeof input !== "object") return "put it in quotation marks";
  if (expected === "number" && typeof input === "string" && /^-?\d+$/.test(input)) return "remove the quotation marks";
  return undefined;
}

function wrongWord(issue: z.core.$ZodIssueInvalidValue, path: KeyPath): Finding {
  const allowed = issue.values.map(String);
  const suggestion = typeof issue.input === "string" ? closest(issue.input, allowed) : undefined;
  return {
    path,
    got: shown(path, issue.input),
    reason: "not one of the allowed values",
    allowed: allowed.join(", "),
    fix: suggestion ? `did you mean \`${suggestion}\`?` : "choose one of these",
  };
}

function refusalOf(issue: Issue, path: KeyPath): Refusal {
  if (issue.code === "custom" && issue.params?.["fix"] !== undefined) {
    return { reason: issue.message, allowed: String(issue.params["allowed"]), fix: String(issue.params["fix"]) };
  }
  const allowed = allowedBy(issue, path);
  return {
    reason: reasonOf(issue, "it does not have the right form"),
    allowed,
    fix: exampleFix(path) ?? `write ${allowed}`,
  };
}

function reasonOf(issue: Issue, otherwise: string): string {
  if (issue.code === "custom" && issue.params?.["reason"] !== undefined) return String(issue.params["reason"]);
  if (issue.code === "too_small")
    return issue.origin === "string" || issue.origin === "array" ? "too short" : "too small";
  if (issue.code === "too_big") return issue.origin === "string" || issue.origin === "array" ? "too long" : "too big";
  return otherwise;
}

function allowedBy(issue: Issue, path: KeyPath): string {
  if (issue.code !== "too_small" && issue.code !== "too_big") return issue.message;
  if (issue.origin === "array") return "at least one entry";
  if (issue.origin === "string") return "text that is not empty";
  const [schema] = schemasAt(path);
  const least = schema?.minimum ?? `more than ${schema?.exclusiveMinimum}`;
  return `${allowedType(path)} from ${least} to ${schema?.maximum}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys",
  record: "a mapping of keys",
};

function allowedType(path: KeyPath, expected?: string): string {
  const declared = schemasAt(path)[0]?.type;
  const type = String(expected === "number" ? (declared ?? expected) : (expected ?? declared ?? "a value"));
  return TYPE_WORDS[type] ?? type;
}

function exampleFix(path: KeyPath): string | undefined {
  const example = schemasAt(path)[0]?.examples?.[0];
  const key = path.findLast((step) => typeof step === "string");
  if (example === undefined || typeof path.at(-1) === "number") return undefined;
  return `for example \`${String(key)}: ${typeof example === "string" && !example.includes(" ") ? example : JSON.stringify(example)}\``;
}

/** Values of environment variables may be private, so reports do not show them. */
function shown(path: KeyPath, input: unknown): unknown {
  return path.includes("environment_variables") || path.includes("extended_attributes") ? undefined : input;
}
