import { rmSync } from "node:fs";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

/** Runs a Python program on a DuckDB file, called `warehouse`; what it prints is JSON. */
function onWarehouse(program: string): unknown {
  const connect = `import duckdb, json\nwarehouse = duckdb.connect(${JSON.stringify(folder.warehouse)})\n`;
  const { status, stdout, stderr } = python("-c", connect + program);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout === "" ? undefined : (JSON.parse(stdout) as unknown);
}

/** A shop of 800 orders with touches, whose customers of the numbers 3, 6, 9 … are `them`. */
function newShop(change: string): void {
  rmSync(folder.warehouse, { force: true });
  const args = ["--duckdb", folder.warehouse, "--seed", "5", "--orders", "800", "--optional", "touchpoints,consent"];
  expect(python("dbt/sample-data/generate.py", ...args)).toEqual({ status: 0, stdout: "", stderr: "" });
  onWarehouse(`warehouse.execute("""use dbt_production; delete from consent; ${change}""")`);
}

describe("customers who withdraw the consent to profiling", () => {
  const AS_OF = "2025-06-30";
  const vars = (day: string): string[] => [
    "--vars",
    JSON.stringify({ optional_sources: ["touchpoints", "consent"], analysis_date: day }),
  ];
  const WITHDRAWN = `
    insert into consent select id, 'profiling', 'withdrawn', '2025-06-30 23:59:59' from customers where id % 3 = 0;
    insert into consent select id, 'marketing', 'granted', '2025-07-01' from customers where id % 3 = 0;
    insert into consent select id, 'profiling', 'withdrawn', '2025-02-01' from customers where id % 3 = 1;
    insert into consent select id, 'profiling', 'granted', '2025-02-02' from customers where id % 3 = 1;
    insert into consent select id, 'profiling', 'withdrawn', '2025-07-01' from customers where id % 3 = 2;`;
  const MODELS = ["customer_segmentation", "customer_ltv", "attribution_by_channel", "attribution_by_month"];
  const TESTS = [
    "revenue_agrees_across_models",
    "buyers_agree_across_models",
    "ltv_is_the_value_of_customers",
    "touch_credits_of_an_order_add_up_to_1",
    "orders_without_touches_go_to_the_unattributed_channel",
  ];
  const build = (day = AS_OF): void => {
    const models = [...MODELS, "customers", "product_performance", "marketing_attribution", "customer_cohorts"];
    expect(
      folder.run(["run", "--quiet", "--select", ...models.map((model) => `+${model}`), ...vars(day)]),
    ).toMatchObject({ status: 0, output: "" });
  };
  /** The rows about single people, without the channel opted_out; and the credits of this channel. */
  const profiles = (): { people: unknown; optedOut: unknown } =>
    onWarehouse(`
text = lambda cell: f"{cell:.10g}" if isinstance(cell, float) else str(cell)
ask = lambda query: [[text(cell) for cell in row] for row in warehouse.execute(query).fetchall()]
rounded = "attribution_channel, round(credited_conversions, 6), round(credited_revenue, 4)"
print(json.dumps({"people": {
  "segments": ask("from marketing.customer_segmentation order by all"),
  "ltv": ask("from marketing.customer_ltv order by all"),
  "credits": ask("from marketing.attribution_touch_credits where attribution_channel <> 'opted_out' order by all"),
  "channels": ask(f"select attribution_model, {rounded} from marketing.attribution_by_channel where attribution_channel <> 'opted_out' order by all"),
}, "optedOut": ask(f"select {rounded} from marketing.attribution_by_channel where attribution_channel = 'opted_out'")}))`) as {
      people: unknown;
      optedOut: unknown;
    };

  itWithDbt("leave everything about single people, as if they had never been there, and totals still agree", () => {
    newShop(WITHDRAWN);
    build("2025-06-29");
    const before = profiles();
    expect(before.optedOut).toEqual([]);
    build();
    expect(folder.run(["test", "--quiet", "--select", ...TESTS, ...vars(AS_OF)])).toMatchObject({
      status: 0,
      output: "",
    });
    const found = profiles();
    expect(found.people).not.toEqual(before.people);
    // The source itself says what the channel opted_out must have.
    const [orders, revenue] = onWarehouse(`print(json.dumps(warehouse.execute("""
      select count(distinct orders.id)::integer, round(coalesce(sum(payments.amount), 0) / 100, 4)::double
      from dbt_production.orders left join dbt_production.payments on payments.order_id = orders.id
      where orders.user_id % 3 = 0 and status = 'completed' and order_date <= '${AS_OF}'""").fetchone()))`) as number[];
    expect(orders).toBeGreaterThan(50);
    const credits = (found.optedOut as string[][]).map(([, ...numbers]) => numbers.map(Number));
    expect(credits).toEqual(Array(8).fill([orders, revenue]));

    newShop(`
      delete from payments where order_id in (select id from orders where user_id % 3 = 0);
      delete from orders where user_id % 3 = 0;
      delete from touchpoints where customer_id % 3 = 0;
      delete from customers where id % 3 = 0;`);
    build();
    expect(profiles()).toEqual({ people: found.people, optedOut: [] });
  });
});
