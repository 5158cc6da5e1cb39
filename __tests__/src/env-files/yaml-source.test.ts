import { readYaml, type KeyPath, type YamlSource } from "../../../src/env-files/yaml-source";
import type { Problem } from "../../../src/env-files/problem";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function problemsOf(text: string | Uint8Array): readonly Problem[] {
  return readYaml("f.yaml", typeof text === "string" ? bytes(text) : text).problems;
}

function sourceOf(text: string): YamlSource {
  const { yaml, problems } = readYaml("f.yaml", bytes(text));
  if (yaml) return yaml;
  throw new Error(problems.map(({ reason }) => reason).join("\n"));
}

const SYNTAX_FIX = "check indentation, colons and quotation marks here and in the line before";

describe("a valid YAML text", () => {
  it("is its data", () => {
    expect(sourceOf('a: 1\nb: [x, "05:00", 05:00]\nc: { d: null }\n').data).toEqual({
      a: 1,
      b: ["x", "05:00", "05:00"],
      c: { d: null },
    });
  });

  it("is YAML 1.2: `no` is text, and a merge key is an ordinary key", () => {
    expect(sourceOf("a: no\nb: { <<: { c: 1 } }\n").data).toEqual({ a: "no", b: { "<<": { c: 1 } } });
  });

  it("may begin with a byte order mark, a comment and `---`", () => {
    expect(sourceOf("\ufeff# a comment\n---\na: 1\n").data).toEqual({ a: 1 });
  });

  it("has only text keys, for any spelling", () => {
    expect(sourceOf("1: a\ntrue: b\n").data).toEqual({ "1": "a", true: "b" });
  });

  it("can have keys with the names of JavaScript object properties", () => {
    expect(Object.keys(sourceOf("constructor: 1\ntoString: 2\n").data as object)).toEqual(["constructor", "toString"]);
  });
});

describe("a place in a YAML text", () => {
  const source = sourceOf(
    [
      "# comment",
      "name: production",
      "jobs:",
      "  a:",
      '    at: ["05:00", 06:00]',
      "  b: {threads: -4}",
      "1: x",
      "e:",
      "",
    ].join("\n"),
  );

  it.each<[KeyPath, "key" | "value", string]>([
    [["name"], "key", "2:1"],
    [["name"], "value", "2:7"],
    [["jobs"], "key", "3:1"],
    [["jobs"], "value", "4:3"],
    [["jobs", "a", "at"], "value", "5:9"],
    [["jobs", "a", "at", 0], "value", "5:10"],
    [["jobs", "a", "at", 1], "value", "5:19"],
    [["jobs", "b", "threads"], "key", "6:7"],
    [["jobs", "b", "threads"], "value", "6:16"],
    [["1"], "value", "7:4"],
    [["e"], "value", "8:3"],
    [[], "value", "2:1"],
  ])("of %j (%s) is %s", (path, of, place) => {
    const { line, column } = source.positionOf(path, of)!;
    expect(`${line}:${column}`).toBe(place);
  });

  it.each<[KeyPath, string]>([
    [["jobs", "b", "category"], "6:3"],
    [["jobs", "c"], "3:1"],
    [["team"], "2:1"],
    [["jobs", "a", "at", 7], "5:5"],
    [["name", "deeper"], "2:1"],
  ])("of %j, which is missing, is that of the nearest key: %s", (path, place) => {
    const { line, column } = source.positionOf(path, "key")!;
    expect(`${line}:${column}`).toBe(place);
  });

  it("also counts lines that end in a carriage return", () => {
    expect(sourceOf("a: 1\r\nb: 2\r\n").positionOf(["b"], "value")).toEqual({ line: 2, column: 4 });
  });
});

describe("a text that is not YAML is refused at the place of the error", () => {
  it.each([
    ["a: [1, 2\n", "2:1", "Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ["a: {x: 1\n", "2:1", "Flow map in block collection must be sufficiently indented and end with a }"],
    ["a: 1\n\tb: 2\n", "2:1", "Tabs are not allowed as indentation"],
    ['a: "x\n', "2:1", 'Missing closing "quote'],
    ["a: b: c\n", "1:4", "Nested mappings are not allowed in compact mappings"],
    ["a: @x\n", "1:4", "Plain value cannot start with reserved character @"],
    ["a: !foo x\n", "1:4", "Unresolved tag: !foo"],
  ])("%j", (text, place, reason) => {
    const [line, column] = place.split(":").map(Number);
    expect(problemsOf(text)[0]).toMatchObject({
      file: "f.yaml",
      path: "",
      allowed: "one YAML 1.2 document",
      fix: SYNTAX_FIX,
    });
    expect(problemsOf(text)[0]).toMatchObject({ line, column, reason });
  });

  it("with one finding for each place", () => {
    const problems = problemsOf(`a: ${"[".repeat(30)}\nb: [\n`);
    expect(new Set(problems.map(({ line, column }) => `${line}:${column}`)).size).toBe(problems.length);
  });

  it("at a second document", () => {
    expect(problemsOf("a: 1\n---\nb: 2\n")).toEqual([
      {
        file: "f.yaml",
        line: 2,
        column: 1,
        path: "",
        reason: "a second document starts here",
        allowed: "one YAML 1.2 document",
        fix: "remove `---`, or split the file in two",
      },
    ]);
  });
});

describe("an empty text is refused", () => {
  it.each(["", "\n\n", "# nothing but a comment\n", "---\n", "null\n", "~", "---\n...\n"])("%j", (text) => {
    expect(problemsOf(text)).toEqual([
      {
        file: "f.yaml",
        line: 1,
        column: 1,
        path: "",
        reason: "the file is empty",
        allowed: "an environment with its jobs",
        fix: "write the environment, or remove the file",
      },
    ]);
  });
});

describe("bytes that are not text are refused", () => {
  it.each([
    ["Latin-1", [0x61, 0x3a, 0x20, 0xe9]],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
    ["a cut character", [0x61, 0x3a, 0x20, 0xf0, 0x9f]],
    ["an overlong slash", [0xc0, 0xaf]],
  ])("%s", (_, numbers) => {
    expect(problemsOf(Uint8Array.from(numbers))).toEqual([
      {
        file: "f.yaml",
        line: 1,
        column: 1,
        path: "",
        reason: "the file is not UTF-8 text",
        allowed: "YAML text in UTF-8",
        fix: "save the file as UTF-8",
      },
    ]);
  });
});

describe("keys", () => {
  it("occur once in a mapping, at any depth", () => {
    expect(problemsOf("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\n")).toEqual(
      [
        [6, 1, "a"],
        [5, 3, "c"],
      ].map(([line, column, got]) => ({
        file: "f.yaml",
        line,
        column,
        path: "",
        got,
        reason: "the same key is in one mapping twice",
        allowed: "each key once",
        fix: "rename or remove one of the two",
      })),
    );
  });

  it("occur once in a mapping, in any spelling", () => {
    expect(problemsOf("a: 1\n\"a\": 2\n'a': 3\n? a\n: 4\n").map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(problemsOf("{a: 1, a: 2}")).toHaveLength(1);
  });

  it("that occur twice still give data, so the other checks can run", () => {
    expect(sourceOf("a: 1\nb: 2\na: 3\n").data).toEqual({ a: 3, b: 2 });
  });

  it("can occur again in another mapping", () => {
    expect(problemsOf("a: { x: 1 }\nb: { x: 1, a: { a: 2 } }\n")).toEqual([]);
  });

  it("cannot be lists or mappings", () => {
    expect(problemsOf("? [a, b]\n: 1\n")).toEqual([
      {
        file: "f.yaml",
        line: 1,
        column: 3,
        path: "",
        reason: "a list or mapping cannot be a key",
        allowed: "text as keys",
        fix: "write a word before the colon",
      },
    ]);
  });

  it.each(["__proto__: 1\n", '"__proto__": { a: 1 }\n', "? __proto__\n: 1\n", "a:\n  - { __proto__: 1 }\n"])(
    "are not `__proto__`, which JavaScript would lose: %j",
    (text) => {
      expect(problemsOf(text)).toMatchObject([
        { reason: "`__proto__` cannot be a key", allowed: "any other key", fix: "rename or remove it" },
      ]);
    },
  );

  it("can be 20,000 in one mapping, and are read quickly", () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: ${i}`).join("\n");
    expect(Object.keys(sourceOf(text).data as object)).toHaveLength(20_000);
  });
});

describe("aliases", () => {
  it("give no data", () => {
    expect(readYaml("f.yaml", bytes("a: &x 1\nb: *x\nb: 2\n")).yaml).toBeUndefined();
  });

  it("are refused, each at its place", () => {
    expect(problemsOf("a: &x { threads: 4 }\nb: *x\nc: [*x]\n")).toEqual(
      [
        [2, 4],
        [3, 5],
      ].map(([line, column]) => ({
        file: "f.yaml",
        line,
        column,
        path: "",
        got: "*x",
        reason: "an alias repeats another part of the file",
        allowed: "values written out, and `defaults` for what jobs have in common",
        fix: "write the value out, or move it to `defaults`",
      })),
    );
  });

  it("cannot expand a small file", () => {
    const bomb = ["a0: &a0 [x, x]"];
    for (let i = 1; i < 40; i++) bomb.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
    expect(problemsOf(bomb.join("\n"))).toHaveLength(78);
  });

  it("without an anchor are also refused", () => {
    expect(problemsOf("a: *nowhere\n").length).toBeGreaterThan(0);
  });
});

describe("nesting", () => {
  const tooDeep = (column: number): Problem => ({
    file: "f.yaml",
    line: 1,
    column,
    path: "",
    reason: "lists or mappings are nested too deeply",
    allowed: "at most 64 levels",
    fix: "write it with less nesting",
  });

  it("of 64 levels is read", () => {
    expect(problemsOf("[".repeat(64) + "]".repeat(64))).toEqual([]);
    expect(problemsOf(`${"- ".repeat(63)}x`)).toEqual([]);
  });

  it.each([65, 1000, 20_000])("of %d levels is refused", (depth) => {
    expect(problemsOf("[".repeat(depth) + "]".repeat(depth))).toEqual([tooDeep(65)]);
    expect(problemsOf("{a: ".repeat(depth) + "}".repeat(depth))).toEqual([tooDeep(257)]);
    expect(problemsOf(`${"- ".repeat(depth)}x`)).toEqual([tooDeep(129)]);
    expect(problemsOf("[".repeat(depth))).toEqual([tooDeep(65)]);
  });

  it("is refused repeatedly, and does not end the process", () => {
    for (let depth = 500; depth < 4000; depth += 100) {
      expect(problemsOf(`a: ${"[".repeat(depth)}${"]".repeat(depth)}`)).toEqual([tooDeep(67)]);
    }
  });
});
