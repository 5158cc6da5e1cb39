import fc from "fast-check";
import stringWidth from "string-width";
import { orDash, table, wrapped, type Screen } from "../../../../src/job-manager/output/table";

const PIPE: Screen = { colors: false };
const inColumns = (width: number): Screen => ({ colors: false, width });

const ROWS = [
  ["attribution", ["dbt source freshness", "dbt build --select tag:core"]],
  ["ltv", "dbt build"],
];

describe("a table", () => {
  it("has columns as wide as their content, without spaces at the ends of lines", () => {
    expect(table(["KEY", "STEPS"], ROWS, PIPE)).toBe(
      [
        "KEY          STEPS",
        "attribution  dbt source freshness",
        "             dbt build --select tag:core",
        "ltv          dbt build",
      ].join("\n"),
    );
  });

  it("keeps the complete text of a wide table", () => {
    const wide = `dbt build --select ${"tag:core ".repeat(40).trim()}`;
    const text = table(["KEY", "STEPS"], [["k".repeat(100), wide]], PIPE);
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain(wide);
    expect(text).not.toContain("…");
  });

  it("shows bold headings only with colors", () => {
    expect(table(["KEY"], [["a"]], { colors: true })).toBe("\u001b[1mKEY\u001b[22m\na");
    expect(table(["KEY"], [["a"]], PIPE)).toBe("KEY\na");
  });
});

describe("a table on a terminal", () => {
  const HEADINGS = ["KEY", "LAST RUN", "LINK"];
  const LINK = "https://cloud.getdbt.com/deploy/12345/projects/102/runs/1";
  const RUNS = [
    ["attribution", "Success", LINK],
    ["ltv", "not deployed", "–"],
  ];

  it("has all columns where they fit, to the character", () => {
    const all = table(HEADINGS, RUNS, PIPE, ["LINK"]);
    const width = Math.max(...all.split("\n").map((line) => line.length));
    expect(table(HEADINGS, RUNS, inColumns(width), ["LINK"])).toBe(all);
    expect(table(HEADINGS, RUNS, inColumns(width - 1), ["LINK"])).not.toBe(all);
  });

  it("leaves out the least important columns, and names them", () => {
    expect(table(HEADINGS, RUNS, inColumns(70), ["LINK"])).toBe(
      [
        "KEY          LAST RUN",
        "attribution  Success",
        "ltv          not deployed",
        "(too narrow for LINK: use a wider terminal, or a pipe)",
      ].join("\n"),
    );
  });

  it("shows each row as a block where no column may be left out", () => {
    const steps = ["dbt source freshness", "dbt build --select tag:core"];
    expect(
      table(
        ["KEY", "STEPS"],
        [
          ["attribution", steps],
          ["ltv", "dbt test"],
        ],
        inColumns(30),
      ),
    ).toBe(
      [
        "KEY    attribution",
        "STEPS  dbt source freshness",
        "       dbt build --select",
        "       tag:core",
        "",
        "KEY    ltv",
        "STEPS  dbt test",
      ].join("\n"),
    );
  });

  it("counts characters of double width twice", () => {
    expect(table(["A", "B"], [["日本", "x"]], PIPE)).toBe("A     B\n日本  x");
  });

  it("never splits a word, loses no text, and is no wider than the terminal or the widest word", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "日", "é"), minLength: 1, maxLength: 30 });
    const cell = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(" "));
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 30, max: 120 }), (cells, width) => {
        const lines = table(["KEY", "STEPS"], cells, inColumns(width)).split("\n");
        const words = lines.flatMap((line) => line.split(/ +/));
        for (const text of cells.flat().join(" ").split(" ")) expect(words).toContain(text);
        const widest = Math.max(...words.map((text) => stringWidth(text)));
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(
          Math.max(width, widest + "STEPS  ".length),
        );
      }),
    );
  });
});

it("text is wrapped between words", () => {
  expect(wrapped("a bb ccc d", 4)).toEqual(["a bb", "ccc", "d"]);
});

it("a cell without lines has a dash", () => {
  expect([orDash([]), orDash(["a"])]).toEqual(["–", ["a"]]);
});
