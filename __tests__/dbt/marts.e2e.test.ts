import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { missingModule, python, type PythonRun } from "./python";

const missing = missingModule("pandas");
const itWithPandas = itIf(missing);
const folder = mkdtempSync(join(tmpdir(), "worlds-"));
/** The vars that each world was built with. */
let worlds: Readonly<Record<string, object>> = {};

beforeAll(() => {
  if (missing !== undefined) return;
  mkdirSync(join(folder, "shipped_data"));
  mkdirSync(join(folder, "another_seed"));
  const another = ["--duckdb", fileOf("another_seed"), "--seed", "7", "--orders", "1500"];
  expect(python("dbt/sample-data/generate.py", ...another)).toMatchObject({ status: 0 });
  const { status, stdout, stderr } = python("__tests__/dbt/build_worlds.py", folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  worlds = JSON.parse(stdout) as Readonly<Record<string, object>>;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(world: string): string {
  return join(folder, world, "world.duckdb");
}

/** The comparison of worlds that were built with the same vars. */
function compared(names: readonly string[], vars: object = {}): PythonRun {
  return python("benchmarks/warehouse/compare.py", ...names.map(fileOf), "--vars", JSON.stringify(vars));
}

describe("the marts equal an independent calculation in pandas, row by row,", () => {
  itWithPandas("in every world that is built with the default vars, the shipped data first", () => {
    const names = Object.keys(worlds).filter((name) => Object.keys(worlds[name]!).length === 0);
    expect(names).toEqual(expect.arrayContaining(["shipped_data", "another_seed", "one_customer", "random_1"]));
    const { status, stdout } = compared(names);
    expect({ status, lines: stdout.split("\n").filter((line) => !line.endsWith(" 0 differences")) }).toEqual({
      status: 0,
      lines: [...names.map(fileOf), ""],
    });
  });

  itWithPandas("in every world that is built with other vars, which matter", () => {
    const others = Object.entries(worlds).filter(([, vars]) => Object.keys(vars).length > 0);
    expect(others.length).toBeGreaterThan(1);
    for (const [name, vars] of others) {
      expect({ name, ...compared([name], vars) }).toMatchObject({ name, status: 0 });
    }
    const { status, stdout } = compared(others.map(([name]) => name));
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ {2}customer_segmentation: .* [1-9]\d* differences$/m);
    expect(stdout).toMatch(/^ {2}marketing_attribution: .* [1-9]\d* differences$/m);
  });

  itWithPandas("and one wrong value, row or column is named", () => {
    const change = `
import duckdb
marts = duckdb.connect(${JSON.stringify(fileOf("random_1"))})
marts.execute("update marketing.orders set amount = amount + 0.01 where order_id = 3")
marts.execute("update marketing.orders set days_since_previous_order = null where order_sequence_number = 2")
marts.execute("delete from marketing.product_performance where revenue_rank = 1")
marts.execute("alter table marketing.marketing_attribution drop column channel_classification")
`;
    expect(python("-c", change)).toMatchObject({ status: 0 });
    const { status, stdout } = compared(["random_1"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ {4}3 amount: the mart has \S+, pandas \S+$/m);
    expect(stdout).toMatch(/^ {4}\d+ days_since_previous_order: the mart has null, pandas \S+$/m);
    expect(stdout).toMatch(/^ {4}row Product \w is missing$/m);
    expect(stdout).toMatch(/^ {4}the mart has no column channel_classification$/m);
    expect(stdout).toMatch(/^ {2}customers: \d+ rows, \d+ columns, 0 differences$/m);
  });
});
