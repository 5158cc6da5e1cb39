import { table } from "../../../../src/job-manager/output/table";

const ROWS = [
  ["attribution", "dbt source freshness\ndbt build --select tag:core"],
  ["ltv", "dbt build"],
];

describe("a table", () => {
  it("has columns as wide as their content, without spaces at the ends of lines", () => {
    expect(table(["KEY", "STEPS"], ROWS, false)).toBe(
      [
        "KEY          STEPS",
        "attribution  dbt source freshness",
        "             dbt build --select tag:core",
        "ltv          dbt build",
      ].join("\n"),
    );
  });

  it("cuts nothing, however wide", () => {
    const wide = `dbt build --select ${"tag:core ".repeat(40).trim()}`;
    const text = table(["KEY", "STEPS"], [["k".repeat(100), wide]], false);
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain(wide);
    expect(text).not.toContain("…");
  });

  it("shows bold headings only with colors", () => {
    expect(table(["KEY"], [["a"]], true)).toBe("\u001b[1mKEY\u001b[22m\na");
    expect(table(["KEY"], [["a"]], false)).toBe("KEY\na");
  });
});
