import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, ROOT, type DbtRun } from "./dbt";
import { missingModule, onDuckdb, python } from "./python";

const itWithDbt = itIf(missingDbt);
const itWithNumpy = itIf(missingDbt ?? missingModule("numpy"));
const folder = new DbtFolder();

afterAll(() => {
  folder.remove();
});

const onWarehouse = (program: string): unknown => onDuckdb(folder.warehouse, program);

/** The same vars each time: dbt parses the project once. */
function built(env: Readonly<Record<string, string>> = {}): DbtRun {
  return folder.run(
    [
      "run",
      "--quiet",
      "--select",
      "+attribution_by_channel",
      "--vars",
      JSON.stringify({ optional_sources: ["touchpoints"] }),
    ],
    env,
  );
}

describe("docs/attribution-models.md", () => {
  const markdown = readFileSync(join(ROOT, "docs/attribution-models.md"), "utf8");

  /** The rows of the table with these columns. */
  function table(...columns: readonly string[]): string[][] {
    const cells = (line: string): string[] => line.split("|").slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
    const lines = markdown.split("\n").map(cells);
    const start = lines.findIndex((line) => line.join() === columns.join());
    expect(start).toBeGreaterThan(0);
    return lines.slice(
      start + 2,
      lines.findIndex((line, index) => index > start && line.length === 0),
    );
  }

  beforeAll(() => {
    if (missingDbt !== undefined) return;
    const rows = [table("touch", "customer", "when", "channel"), table("order", "customer", "day", "revenue")];
    onWarehouse(`
touches, orders = json.loads(${JSON.stringify(JSON.stringify(rows))})
warehouse.execute("create schema dbt_production; use dbt_production")
warehouse.execute("create table customers (id integer, first_name text, last_name text)")
warehouse.execute("create table orders (id integer, user_id integer, order_date date, status text, product_name text)")
warehouse.execute("create table payments (id integer, order_id integer, payment_method text, amount integer)")
columns = "touchpoint_id integer, customer_id integer, touched_at timestamp, channel text, campaign_id text"
warehouse.execute(f"create table touches ({columns})")
for id, customer, day, revenue in orders:
    warehouse.execute("insert into orders values (?, ?, ?, 'completed', 'Tea')", [id, customer, day])
    warehouse.execute("insert into payments values (?, ?, 'credit_card', ?)", [id, id, round(100 * float(revenue))])
for id, customer, when, channel in touches:
    warehouse.execute("insert into touches values (?, ?, ?, ?, null)", [id, customer, when + ":00", channel])`);
  });

  itWithDbt("has an example for which dbt names the missing table and the var to set", () => {
    const { status, output } = built();
    expect(status).not.toBe(0);
    expect(output).toContain("missing: touchpoints");
    expect(output).toContain("--vars '{optional_sources: []}'");
  });

  itWithDbt("has an example whose figures all equal dbt's results", () => {
    onWarehouse(`warehouse.execute("alter table dbt_production.touches rename to touchpoints")`);
    expect(built()).toEqual({ status: 0, output: "" });
    const [credits, effects] = onWarehouse(`
ask = lambda query: warehouse.execute(query).fetchall()
credits = ask("select attribution_model, attribution_channel, credited_revenue from marketing.attribution_by_channel")
effects = ask("select attribution_channel, removal_effect, removal_effect_share from marketing.markov_removal_effect")
print(json.dumps([credits, effects]))`) as [[string, string, number][], [string, number, number][]];

    const channels = ["paid_social", "organic_search", "email", "unattributed"];
    const results = table("model", ...channels);
    const figures = Object.fromEntries(credits.map(([model, channel, revenue]) => [`${model} ${channel}`, revenue]));
    expect(results).toHaveLength(8);
    expect(Object.keys(figures)).toHaveLength(8 * channels.length);
    for (const [model, ...revenues] of results) {
      const found = channels.map((channel) => figures[`${model!} ${channel}`]!.toFixed(2));
      expect([model, ...found]).toEqual([model, ...revenues]);
    }
    expect(effects.map(([channel, ...rest]) => [channel, ...rest.map((value) => value.toFixed(4))]).sort()).toEqual(
      table("channel", "removal effect", "share").sort(),
    );
  });
});

describe("the attribution tables equal an independent calculation", () => {
  const compared = (): ReturnType<typeof python> => {
    const vars = {
      attribution_window_days: 14,
      time_decay_half_life_days: 3,
      position_first_weight: 0.5,
      position_last_weight: 0.3,
    };
    return python("__tests__/dbt/touch_attribution.py", folder.warehouse, "--vars", JSON.stringify(vars));
  };

  itWithNumpy("for other data, with settings from environment variables, and report a wrong value", () => {
    rmSync(folder.warehouse);
    const another = ["--duckdb", folder.warehouse, "--seed", "7", "--orders", "1500", "--optional", "touchpoints"];
    expect(python("dbt/sample-data/generate.py", ...another)).toEqual({ status: 0, stdout: "", stderr: "" });
    const settings = {
      DBT_ATTRIBUTION_WINDOW_DAYS: "14",
      DBT_TIME_DECAY_HALF_LIFE_DAYS: "3",
      DBT_POSITION_FIRST_WEIGHT: "0.5",
      DBT_POSITION_LAST_WEIGHT: "0.3",
    };
    expect(built(settings)).toEqual({ status: 0, output: "" });
    const { status, stdout } = compared();
    expect(stdout).toMatch(/^1\d\d values, 0 differences\n$/);
    expect(status).toBe(0);

    const change = "update marketing.attribution_by_channel set credited_revenue = credited_revenue + 0.01";
    const where = "where attribution_model = 'markov' and attribution_channel = 'email'";
    onWarehouse(`warehouse.execute("${change} ${where}")`);
    expect(compared().stdout).toMatch(
      /^\('markov', 'email', 'revenue'\): the table has \S+, calculated \S+\n1\d\d values, 1 differences\n$/,
    );
  });
});

describe("touches of visitors who log in later", () => {
  /** The key of a customer with the salt of development. */
  const key = (customer: number): string => createHash("sha256").update(`${customer}development`).digest("hex");
  const run = (stitched?: boolean): DbtRun => {
    const vars = { optional_sources: ["touchpoints"], ...(stitched && { stitch_anonymous_touches: true }) };
    return folder.run([
      ...["build", "--quiet", "--select", "+attribution_by_channel,resource_type:model"],
      ...["stg_touchpoints,resource_type:unit_test", "int_touches,resource_type:unit_test"],
      ...["--vars", JSON.stringify(vars)],
    ]);
  };
  const credits = (): unknown =>
    onWarehouse(`
query = "select order_id, touchpoint_id, customer_key, touch_count, linear_credit from marketing.attribution_touch_credits"
print(json.dumps(warehouse.execute(query + " order by all").fetchall()))`);

  itWithDbt("count for the customer up to the day of the order, and only with the var", () => {
    rmSync(folder.warehouse, { force: true });
    onWarehouse(`
warehouse.execute("""
create schema dbt_production; use dbt_production;
create table customers as select 7 as id, 'A' as first_name, 'B' as last_name union all select 8, 'C', 'D';
create table orders (id integer, user_id integer, order_date date, status text, product_name text);
insert into orders values (1, 7, '2025-03-10', 'completed', 'Tea'), (2, 8, '2025-03-10', 'completed', 'Tea');
create table payments as select id, id as order_id, 'credit_card' as payment_method, 1000 as amount from orders;
create table touchpoints (touchpoint_id integer, customer_id integer, touched_at timestamp, channel text, campaign_id text);
insert into touchpoints values
  (1, null, '2025-03-05 10:00', 'paid_social', null), (2, null, '2025-03-06 10:00', 'email', null),
  (3, 7, '2025-03-07 10:00', 'direct', null), (4, null, '2025-03-08 10:00', 'paid_search', null),
  (5, 8, '2025-03-09 10:00', 'direct', null), (6, null, '2025-03-11 10:00', 'referral', null),
  (7, 7, '2025-03-12 10:00', 'direct', null), (8, null, '2025-03-08 10:00', 'affiliate', null);
""")`);
    expect(run()).toEqual({ status: 0, output: "" });
    const without = credits();
    expect(without).toEqual([
      [1, 3, key(7), 1, 1],
      [2, 5, key(8), 1, 1],
    ]);
    // Customers 7 and 8 share the visitor a. Touch 6 came after the order, and nobody knows who the visitor b is.
    onWarehouse(`
warehouse.execute("alter table dbt_production.touchpoints add anonymous_id text")
warehouse.execute("update dbt_production.touchpoints set anonymous_id = if(touchpoint_id = 8, 'b', ' a ')")`);
    expect(run()).toEqual({ status: 0, output: "" });
    expect(credits()).toEqual(without);
    expect(run(true)).toEqual({ status: 0, output: "" });
    expect(credits()).toEqual([
      [1, 1, key(7), 3, 1 / 3],
      [1, 2, key(7), 3, 1 / 3],
      [1, 3, key(7), 3, 1 / 3],
      [2, 4, key(8), 2, 0.5],
      [2, 5, key(8), 2, 0.5],
    ]);
  });
});

describe("touchpoints as microbatches", () => {
  itWithDbt("load the newest touches, and a repeated run changes nothing", () => {
    rmSync(folder.warehouse, { force: true });
    const vars = { optional_sources: ["touchpoints"], incremental: true, microbatch_begin: "2025-12-31" };
    // A job sets the times by environment variables, and people by flags.
    const run = (from: string): DbtRun => {
      const [start, end] = [`2025-12-31 ${from}:00:00`, "2025-12-31 08:00:00"];
      const select = ["run", "--quiet", "--select", "stg_touchpoints", "touchpoints", "--vars", JSON.stringify(vars)];
      const times = { DBT_EVENT_TIME_START: start, DBT_EVENT_TIME_END: end };
      const flags = ["--event-time-start", start, "--event-time-end", end];
      const isOfJob = from === "06";
      return folder.run([...select, ...(isOfJob ? [] : flags)], { DBT_MICROBATCH_SIZE: "hour", ...(isOfJob && times) });
    };
    const touches = (): unknown =>
      onWarehouse(`
rows = warehouse.execute("select touchpoint_id from marketing.touchpoints where touchpoint_id > 900000 order by 1").fetchall()
print(json.dumps(rows))`);
    const add = (id: number, time: string): void => {
      const row = `${id}, 5, timestamp '2025-12-31 ${time}', 'email', null, null`;
      onWarehouse(`warehouse.execute("insert into dbt_production.touchpoints values (${row})")`);
    };
    expect(run("06")).toEqual({ status: 0, output: "" });
    expect(touches()).toEqual([]);
    add(900_001, "07:30:00");
    add(900_002, "06:30:00");
    for (const from of ["07", "06"]) {
      expect(run(from)).toEqual({ status: 0, output: "" });
      expect(touches()).toEqual(from === "07" ? [[900_001]] : [[900_001], [900_002]]);
    }
  });
});
