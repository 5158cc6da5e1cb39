import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeProfile } from "../../packages/local-dbt-cloud/execution/profile";
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
  shippedWarehouse,
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

  itWithDbt(
    "attribution_drift finds 95 % of planted drifts within two weeks, with at most one false alarm in 26 weeks",
    () => {
      const models = join(shippedWarehouse(folder).target, "run", "marketing_analytics", "models");
      const { status, stdout, stderr } = python("__tests__/dbt/drift_worlds.py", models, "--worlds", "20");
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const [, found, wrong, weeks] =
        /^(\d+) of 20 drifts found within 2 weeks; false alarms in (\d+) of (\d+) weeks without a drift\n$/.exec(
          stdout,
        )!;
      expect(Number(found)).toBeGreaterThanOrEqual(19);
      expect(Number(weeks)).toBe(20 * 26);
      expect(Number(wrong)).toBeLessThanOrEqual(20);
    },
  );

  itWithDbt("no name of a customer stands in the marketing schema, but in the table of customers", () => {
    const { status, stdout } = python("__tests__/dbt/find_names.py", folder.warehouse);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^[1-9]\d* columns of text, 0 with names\n$/) as string,
    });
  });
});

/** Personal data of customers in places where they are not allowed: a column's name, surnames, an address and a full name. */
const PLANT_NAMES = `
import duckdb, sys
warehouse = duckdb.connect(sys.argv[1])
warehouse.execute("create view marketing_prep.planted as select customer_id, first_name from marketing_prep.stg_customers")
customer = "(select {} from marketing_prep.stg_customers as names where names.customer_id = found.customer_id)"
warehouse.execute("alter table marketing.customer_ltv add column label varchar")
warehouse.execute("update marketing.customer_ltv as found set label = " + customer.format("last_name"))
warehouse.execute("alter table marketing.orders add column note varchar")
full_name = customer.format("upper(first_name) || ' ' || last_name")
warehouse.execute("update marketing.orders as found set note = " + full_name + " where order_id = 1")
warehouse.execute("update marketing.email_events set recipient_id = 'a.b@example.com' where recipient_id = (select min(recipient_id) from marketing.email_events)")
# A job of a branch defers to the tables that only the attached database has.
warehouse.execute("drop table marketing.next_best_action")
attached = duckdb.connect(sys.argv[2])
attached.execute("create schema marketing")
attached.execute("create table marketing.next_best_action as select 'Call Ada' as next_best_action, 'Ada' as first_name")
`;

describe("personal_names_stay_in_customers", () => {
  const test = (...options: readonly string[]): string => {
    const select = ["--select", "personal_names_stay_in_customers"];
    return folder.run(["test", ...select, "--store-failures", ...options]).output;
  };

  itWithDbt("finds names and addresses of customers by the name of a column and by its texts", () => {
    expect(test()).toMatch(/Done\. PASS=\d+ WARN=0 ERROR=0/);
    const attached = join(folder.path, "attached.duckdb");
    expect(python("-c", PLANT_NAMES, folder.warehouse, attached)).toMatchObject({ status: 0, stderr: "" });
    writeProfile(folder.path, PROJECT, {
      targetName: "duckdb",
      warehouse: folder.warehouse,
      schema: "marketing",
      threads: 4,
      sources: undefined,
      deferredWarehouse: attached,
    });
    expect(test("--profiles-dir", folder.path)).toMatch(/Got 4 results, configured to fail/);
    const failures = `
import duckdb, sys
rows = duckdb.connect(sys.argv[1]).execute(
    "select table_name, column_name, reason from marketing_dbt_test__audit.personal_names_stay_in_customers order by all"
).fetchall()
print(*(", ".join(row) for row in rows), sep="\\n")
`;
    expect(python("-c", failures, folder.warehouse).stdout.trim().split("\n")).toEqual([
      "customer_ltv, label, its texts",
      "email_events, recipient_id, its texts",
      "orders, note, its texts",
      "planted, first_name, the name of the column",
    ]);
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
