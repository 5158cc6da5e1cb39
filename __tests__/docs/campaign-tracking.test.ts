import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(__dirname, "../..");
const page = readFileSync(join(ROOT, "docs/campaign-tracking.md"), "utf8");
const UNIT_TEST = "worked_example_of_campaign_tracking";

type Row = Readonly<Record<string, string | number | null>>;
interface UnitTest {
  readonly name: string;
  readonly expect: { readonly rows: readonly Row[] };
}

/** The rows of the table below a heading: texts without code marks, numbers, null for an empty cell. */
function tableBelow(heading: string): Row[] {
  const lines = page.split(`\n${heading}\n`)[1]!.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", ""));
  const names = cells(lines[start]!);
  const value = (cell: string): string | number | null => (cell === "" ? null : Number.isNaN(+cell) ? cell : +cell);
  return lines
    .slice(start + 2, end)
    .map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i]!, value(cell)])));
}

function unitTest(): UnitTest {
  const file = readFileSync(join(ROOT, "dbt/models/marts/marketing/campaigns/campaign_performance.yml"), "utf8");
  return (parse(file) as { unit_tests: UnitTest[] }).unit_tests.find(({ name }) => name === UNIT_TEST)!;
}

it("the worked example equals dbt's unit test of campaign_performance", () => {
  const rows = tableBelow("## A worked example");
  const columns = Object.keys(rows[0]!);
  const rounded = unitTest().expect.rows.map((row) =>
    Object.fromEntries(
      columns.map((column) => {
        const value = row[column] ?? null;
        return [column, typeof value === "number" ? Math.round(value * 100) / 100 : value];
      }),
    ),
  );
  expect(rows).toHaveLength(4);
  expect(rows).toEqual(rounded);
});

it("every figure that the page explains is a column of campaign_performance", () => {
  const figures = tableBelow("## The figures").map((row) => String(row["figure"]).split(",")[0]!);
  const columns = Object.keys(unitTest().expect.rows[0]!);
  expect(figures).toHaveLength(10);
  expect(figures.filter((figure) => !columns.includes(figure))).toEqual([]);
});
