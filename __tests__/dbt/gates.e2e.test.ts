import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, type Manifest } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

/** What this test reads of the manifest. */
interface Graph extends Manifest {
  readonly parent_map: Readonly<Record<string, readonly string[]>>;
}

/** The file with the only fault: an order of a customer that does not exist. */
const PLANT_ORPHAN = `
import duckdb, sys
sys.path.insert(0, "dbt/sample-data")
from faults import FAULTS
duckdb.connect(sys.argv[1]).execute(FAULTS["orphan-order"])
`;

describe("a test of a source table", () => {
  itWithDbt("gates every model that reads the table, so that no fault is published in part", () => {
    expect(folder.run(["parse"])).toMatchObject({ status: 0 });
    const { nodes, parent_map } = folder.json("manifest.json") as Graph;
    const ancestors = (id: string): Set<string> =>
      new Set((parent_map[id] ?? []).flatMap((parent) => [parent, ...ancestors(parent)]));
    const models = Object.values(nodes)
      .filter(({ resource_type }) => resource_type === "model")
      .map(({ unique_id }) => ({ unique_id, ancestors: ancestors(unique_id) }));
    const gates = Object.values(nodes).filter(
      ({ resource_type, depends_on, config }) =>
        resource_type === "test" &&
        (config as { severity: string }).severity.toLowerCase() === "error" &&
        depends_on.nodes.every((id) => id.startsWith("source.")),
    );
    expect(gates.length).toBeGreaterThan(30);
    // dbt makes a model wait for a test when all that the test reads are ancestors of the model.
    const passing = gates.flatMap(({ name, depends_on }) =>
      models
        .filter((model) => depends_on.nodes.some((id) => model.ancestors.has(id)))
        .filter((model) => !depends_on.nodes.every((id) => model.ancestors.has(id)))
        .map(({ unique_id }) => `${unique_id} does not wait for ${name}`),
    );
    expect(passing).toEqual([]);
  });

  itWithDbt("stops all marts that read the table when an order has no customer", () => {
    expect(folder.run(["run-operation", "load_sample_data"])).toMatchObject({ status: 0 });
    expect(python("-c", PLANT_ORPHAN, folder.warehouse)).toMatchObject({ status: 0, stderr: "" });
    const marts = ["customers", "product_performance", "marketing_attribution"];
    const only = ["--exclude-resource-type", "unit_test", "--vars", "{optional_sources: []}"];
    const { status, output } = folder.run(["build", "--select", ...marts.map((mart) => `+${mart}`), ...only]);
    expect(status).toBe(1);
    expect(output).toMatch(/FAIL 1 orders_orphan/);
    const skipped = [...output.matchAll(/SKIP relation marketing\.(\w+)/g)].map(([, name]) => name);
    expect(skipped).toEqual(expect.arrayContaining([...marts, "orders"]));
    expect(output).not.toMatch(/OK created sql table model/);
  });

  itWithDbt("stops the models of costs and budgets and names each amount that is too large to be one", () => {
    const change = `
import duckdb, sys
warehouse = duckdb.connect(sys.argv[1])
warehouse.execute("use dbt_production; alter table ad_spend alter spend type double; alter table budgets alter budget type double")
for table, column, amount in [
    ("ad_spend", "spend", 9e15), ("budgets", "budget", 9e15), ("google_ads_campaign_stats", "metrics_cost_micros", 9 * 10**17),
    ("meta_ads_insights", "spend", "9000000000000000"), ("linkedin_ads_analytics", "cost_in_usd", "9000000000000000"),
]:
    warehouse.execute(f"update {table} set {column} = ? where rowid = 0", [amount])
`;
    expect(folder.run(["run-operation", "load_sample_data"])).toMatchObject({ status: 0 });
    expect(python("-c", change, folder.warehouse)).toMatchObject({ status: 0, stderr: "" });
    const { status, output } = folder.run([
      "build",
      "--select",
      "+fct_ad_performance",
      "+stg_budgets",
      "--exclude-resource-type",
      "unit_test",
    ]);
    expect(status).toBe(1);
    const bounds = "allowed: -1000000000 to 1000000000";
    const messages = [
      `FAIL ad_spend_too_large: dbt_production.ad_spend, date_day 2024-02-01, platform microsoft_ads, campaign_id msads-4001: spend is 9000000000000000.0; ${bounds} units of the reporting currency; `,
      "FAIL budgets_too_large: dbt_production.budgets, ",
      "FAIL google_ads_campaign_stats_cost_too_large: dbt_production.google_ads_campaign_stats, ",
      "FAIL meta_ads_insights_spend_too_large: dbt_production.meta_ads_insights, ",
      "FAIL linkedin_ads_analytics_cost_too_large: dbt_production.linkedin_ads_analytics, ",
    ];
    for (const message of messages) expect(output).toContain(message);
    expect(output).toMatch(/SKIP relation marketing\.fct_ad_performance/);
    expect(output).toMatch(/SKIP relation marketing\w*\.stg_budgets/);
    expect(output).not.toMatch(/Conversion Error|Out of Range|overflow/i);
  });

  itWithDbt("stops the models and says why when a day or an amount cannot be right, and when a table is empty", () => {
    const change = (...statements: readonly string[]): void => {
      const execute = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(f'use dbt_production; {sys.argv[2]}')";
      const program = python("-c", execute, folder.warehouse, statements.join("; "));
      expect(program).toMatchObject({ status: 0, stderr: "" });
    };
    expect(folder.run(["run-operation", "load_sample_data"])).toMatchObject({ status: 0 });
    change(
      "update orders set order_date = '1899-12-30' where id = 1",
      "alter table payments alter amount type bigint",
      "update payments set amount = 900000000000000000 where id in (1, 2)",
    );
    const build = ["build", "--select", "+orders", "--exclude-resource-type", "unit_test"];
    const wrong = folder.run([...build, "--vars", "{optional_sources: []}"]);
    expect(wrong.status).toBe(1);
    expect(wrong.output).toContain(
      "FAIL orders_before_all_records: dbt_production.orders, id 1: order_date is 1899-12-30; allowed: 1970-01-01 to 2999-12-31; ",
    );
    expect(wrong.output).toContain(
      "FAIL payments_too_large: dbt_production.payments, id 2: amount is 900000000000000000; allowed: -100000000000 to 100000000000 cents; ",
    );
    expect(wrong.output).toMatch(/SKIP relation marketing\.orders/);

    change("delete from orders", "delete from payments");
    const empty = folder.run([...build, "--vars", "{optional_sources: []}"]);
    const messages = [...empty.output.matchAll(/FAIL (\w+_are_empty): (.*)/g)].map(([, , message]) => message).sort();
    expect(messages).toEqual(
      ["orders", "payments"].map(
        (table) => `dbt_production.${table} has no rows; allowed: at least one row; fix: load the table`,
      ),
    );
    expect(empty.output).toMatch(/SKIP relation marketing\.orders/);
  });
});
