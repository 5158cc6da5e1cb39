import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, PROJECT, type DbtRun } from "./dbt";
import { python } from "./python";
import {
  CHANGED_DAYS,
  changeSources,
  copyShippedWarehouse,
  expectEqual,
  expectRows,
  fullyRefreshedWarehouse,
  INCREMENTAL,
} from "./warehouses";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
let built: DbtRun;

beforeAll(() => {
  if (missingDbt === undefined) built = copyShippedWarehouse(folder);
});
afterAll(() => {
  folder.remove();
});

describe("on DuckDB", () => {
  itWithDbt("everything is built and tested from the shipped data", () => {
    expect(built.status === 0 ? "" : built.output.slice(-5000)).toBe("");
    expect(built.output).toMatch(/Done\. PASS=\d+ WARN=\d+ ERROR=0 SKIP=0/);
  });

  const analyses = readdirSync(join(PROJECT, "analyses")).filter((name) => name.endsWith(".sql"));

  itWithDbt("each of the documentation's queries returns rows", () => {
    expect(analyses.length).toBeGreaterThanOrEqual(4);
    expect(folder.run(["compile", "--select", "resource_type:analysis"])).toMatchObject({ status: 0 });
    const compiled = join(folder.target, "compiled", "marketing_analytics", "analyses");
    for (const name of analyses) expectRows(folder.warehouse, name, readFileSync(join(compiled, name), "utf8"));
  });

  itWithDbt("no name of a customer stands in the marketing schema, but in the table of customers", () => {
    const { status, stdout } = python("__tests__/dbt/find_names.py", folder.warehouse);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^[1-9]\d* columns of text, 0 with names\n$/) as string,
    });
  });
});

describe("an incremental run after new, late, changed, repeated and deleted rows", () => {
  let historyBefore: unknown;
  let full: string;
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): DbtRun =>
    folder.run(["run", "--quiet", ...args, "--target-path", join(folder.path, "incremental")], env);

  itWithDbt("makes every row of what a full refresh makes", () => {
    historyBefore = history();
    full = fullyRefreshedWarehouse(folder);
    copyShippedWarehouse(folder);
    changeSources(folder.warehouse);
    expect(run([...INCREMENTAL, ...CHANGED_DAYS])).toEqual({ status: 0, output: "" });
    expectEqual(folder.warehouse, full);
  });

  itWithDbt("leaves what the history tables say of earlier days, as does a full refresh", () => {
    expect(historyBefore).toEqual([
      ["2025-12-31", expect.any(Number), expect.any(String)],
      ["2025-12-31", expect.any(Number), expect.any(String)],
    ]);
    const after = history() as unknown[][];
    expect(after).toEqual(expect.arrayContaining(historyBefore as unknown[][]));
    expect(after.map(([day]) => day).sort()).toEqual(["2025-12-31", "2025-12-31", "2026-01-02", "2026-01-02"]);
  });

  itWithDbt("and so does a full refresh in batches, over which copies of events lie scattered", () => {
    const select = ["--select", "tag:near_real_time"];
    expect(run(["--full-refresh", ...select, ...INCREMENTAL], { DBT_MICROBATCH_SIZE: "year" })).toEqual({
      status: 0,
      output: "",
    });
    expectEqual(folder.warehouse, full);
  });
});

/** What the history tables say: for each day, how many rows there are, and a digest of them. */
function history(): unknown {
  const query = ["attribution_drift_history", "customer_segment_changes"]
    .map(
      (table) =>
        `select run_date::text, count(*), md5(string_agg(it::text, '' order by it::text)) from marketing.${table} as it group by 1`,
    )
    .join(" union all ");
  const program =
    "import duckdb, json, sys; print(json.dumps(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))";
  const { stdout, stderr } = python("-c", program, folder.warehouse, query);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}
