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

/** Changes tables of the warehouse; a name without a schema is that of a source. */
function change(...statements: readonly string[]): void {
  const execute = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(f'use dbt_production; {sys.argv[2]}')";
  const program = python("-c", execute, folder.warehouse, statements.join("; "));
  expect(program).toMatchObject({ status: 0, stderr: "" });
}

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
    const plant = `
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
    expect(python("-c", plant, folder.warehouse)).toMatchObject({ status: 0, stderr: "" });
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

describe("the test of the rules of advice", () => {
  itWithDbt("names each fault with its place, its value, what is allowed and the fix", () => {
    const rules = "marketing_prep.advice_rules";
    expect(folder.run(["seed", "--select", "advice_rules"])).toMatchObject({ status: 0 });
    change(
      `update ${rules} set subject = 'produkt' where rule_name = 'product_new'`,
      `update ${rules} set priority = 50 where rule_name = 'product_top_star'`,
      `update ${rules} set abc_category = 'c' where rule_name = 'product_low_revenue'`,
      `update ${rules} set weakest_measure = 'Conversion' where rule_name = 'product_cash_cow'`,
      `update ${rules} set priority = 5 where rule_name = 'product_other'`,
      `delete from ${rules} where subject = 'channel'`,
    );
    const { status, output } = folder.run(["test", "--select", "advice_rules"]);
    expect(status).toBe(1);
    const messages = [...output.matchAll(/FAIL advice_rules_are_valid: (.*)/g)].map(([, message]) => message);
    const file = "dbt/seeds/advice_rules.csv";
    const last = (subject: string): string =>
      `${file}: the rule with the largest priority for a ${subject} has conditions, or there is none; ` +
      `allowed: a last rule without conditions, so that each ${subject} gets advice; fix: add one with the largest priority`;
    expect(messages).toEqual([
      `${file}, rule product_cash_cow: weakest_measure is Conversion; allowed: an empty cell for a product; fix: correct the cell`,
      `${file}, rule product_low_revenue: abc_category is c; allowed: A, B, C or an empty cell for a product; fix: correct the cell`,
      `${file}, rule product_new: subject is produkt; allowed: product or channel; fix: correct the cell`,
      `${file}: rules product_star and product_top_star of the same subject have the priority 50; allowed: a different number for each; fix: change one of them`,
      last("channel"),
      last("product"),
    ]);
    expect(output).toContain("Failure in test advice_rules_are_valid");
    expect(output).toMatch(/Done\. PASS=\d+ WARN=0 ERROR=1 /);
  });
});
