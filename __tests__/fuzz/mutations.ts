import fc from "fast-check";
import { hostile } from "../support/hostile-text";

/** A value that a field of outside data does not expect. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, "", " ", "0", "null", "2026-13-40T99:99:99Z"),
  fc.constantFrom<unknown>([], {}, [null], [[]], [{}], { id: null }, { toString: 1 }, { length: -1 }),
  hostile,
  fc.integer(),
  fc.array(fc.oneof(fc.integer(), hostile), { maxLength: 3 }),
);

interface Edit {
  readonly at: number;
  readonly kind: "replace" | "remove" | "rename" | "repeat" | "copy";
  readonly value: unknown;
  readonly from: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom("replace", "replace", "replace", "remove", "rename", "repeat", "copy"),
  value: junk,
  from: fc.nat(),
});

/** Signs that end or begin something in JSON, YAML, HCL or a mark. */
const sign = fc.constantFrom(
  ...Array.from("{}[]\"':,\n\\#=<-&*!|>% \t\u0000\u2028é🧀0"),
  "${",
  "null",
  "---\n",
  "\ud800",
);

const textEdit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 6 }), text: fc.oneof(sign, fc.constant("")) });

/** JSON values that differ from a sample in some places. */
export function mutatedValue(sample: unknown): fc.Arbitrary<unknown> {
  return fc.array(edit, { maxLength: 4 }).map((edits) => edits.reduce(changed, sample));
}

/** JSON texts that differ from a sample in some places; some of them are no JSON. */
export function mutatedJson(sample: unknown): fc.Arbitrary<string> {
  const texts = mutatedValue(sample).map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 6, arbitrary: texts }, { weight: 1, arbitrary: mutatedText(JSON.stringify(sample)) });
}

/** Texts that differ from a sample in some places, or are something else. */
export function mutatedText(sample: string): fc.Arbitrary<string> {
  const edited = fc.array(textEdit, { minLength: 1, maxLength: 4 }).map((edits) =>
    edits.reduce((text, { at, cut, text: added }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + added + text.slice(place + cut);
    }, sample),
  );
  const cut = fc.nat({ max: sample.length }).map((length) => sample.slice(0, length));
  return fc.oneof({ weight: 8, arbitrary: edited }, cut, hostile, fc.constantFrom("", "null", "[]", "{}", "<html>"));
}

/** The value with one edit. The places are numbered, and every part of the value is one. */
function changed(sample: unknown, { at, kind, value, from }: Edit): unknown {
  const places = placesOf(sample);
  const target = places[at % places.length]!;
  const copied: unknown = kind === "copy" ? valueAt(sample, places[from % places.length]!) : value;
  const rebuild = (node: unknown, depth: number): unknown => {
    if (depth === target.length) return copied;
    const step = target[depth]!;
    const isLast = depth === target.length - 1;
    if (Array.isArray(node)) {
      return node.flatMap((item: unknown, i): unknown[] => {
        if (i !== step) return [item];
        if (isLast && kind === "remove") return [];
        return isLast && kind === "repeat" ? [item, item] : [rebuild(item, depth + 1)];
      });
    }
    const entries = Object.entries(node as object).flatMap(([key, item]: [string, unknown]): [string, unknown][] => {
      if (key !== step) return [[key, item]];
      if (isLast && kind === "remove") return [];
      return [
        [isLast && kind === "rename" ? (typeof value === "string" ? value : "renamed") : key, rebuild(item, depth + 1)],
      ];
    });
    return Object.fromEntries(entries);
  };
  return rebuild(sample, 0);
}

type Path = readonly (string | number)[];

function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const items = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...items.flatMap(([step, item]: [string | number, unknown]) => placesOf(item, [...path, step]))];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}
