import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DBT, DbtFolder, missingDbt } from "./dbt";
import { onDuckdb, python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

const onWarehouse = (program: string): unknown => onDuckdb(folder.warehouse, program);

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

  itWithDbt.each(["customer_segmentation_query", "segments"])("are in no group of less than 5 of %s", (query) => {
    onWarehouse(`warehouse.execute("""
      update marketing.customer_segmentation set customer_segment = 'small' where customer_id in
        (select customer_id from marketing.customer_segmentation order by 1 limit 4);
      update marketing.customer_segmentation set customer_segment = 'large' where customer_id in
        (select customer_id from marketing.customer_segmentation order by 1 desc limit 5);
      update marketing.customer_segmentation set churn_risk = case when customer_id % 5 < 3 then 'High' else 'Low' end
        where customer_segment = 'large';""")`);
    const show = ["show", "--quiet", "--output", "json", "--limit", "50", "--select", query, ...vars(AS_OF)];
    const { status, output } = folder.run(show);
    expect({ status, output }).toMatchObject({ status: 0 });
    const { show: groups } = JSON.parse(output.slice(output.indexOf("{"))) as { show: Record<string, unknown>[] };
    expect(groups.map((row) => row["customer_segment"])).not.toContain("small");
    const large = groups.find((row) => row["customer_segment"] === "large")!;
    expect(large["customers"] ?? large["customer_count"]).toBe(5);
    expect(large["customers_at_high_risk"] ?? null).toBeNull();
  });

  itWithDbt.each([
    ["churn", "churn_risk"],
    ["lifetime_value", "acquisition_channel"],
  ])("are in no group of less than 5 of the dashboard's query %s", (query, group) => {
    onWarehouse(`
warehouse.execute("""update marketing.customer_ltv set churn_risk = case when customer_id in
  (select customer_id from marketing.customer_ltv order by 1 limit 4) then 'small' else 'large' end""")
warehouse.execute("""create or replace table marketing.unit_economics as
  select *, date '2025-05-01' as cohort_month, 10 as spend, 1 as payback_months, 20 as value_to_date, 30 as predicted_value_52w
  from (values ('small', 4), ('large', 5)) as channels(acquisition_channel, customers)""")`);
    const { status, output } = folder.run(["show", "--quiet", "--output", "json", "--select", query, ...vars(AS_OF)]);
    expect({ status, output }).toMatchObject({ status: 0 });
    const { show: groups } = JSON.parse(output.slice(output.indexOf("{"))) as { show: Record<string, unknown>[] };
    expect(groups.map((row) => row[group])).toEqual(["large"]);
  });

  itWithDbt("are in no product or channel of less than 5 of the dashboard and the exports", () => {
    onWarehouse(`
for change in [
  """update marketing.product_performance set revenue_rank = 3, unique_customers = 9, abc_category = 'A'""",
  """update marketing.product_performance set product_name = 'large', revenue_rank = 2, unique_customers = 5
    where product_name = (select max(product_name) from marketing.product_performance)""",
  """update marketing.product_performance set product_name = 'small', revenue_rank = 1, unique_customers = 4
    where product_name = (select min(product_name) from marketing.product_performance)""",
  """update marketing.marketing_attribution set unique_customers = case when attribution_channel = 'Organic' then 4 else 5 end""",
  """create or replace table marketing.attribution_by_channel as from (values
    ('linear', 'small', 3.5, 100.0), ('markov', 'small', 4.5, 90.0), ('linear', 'tiny', 1.0, 7.0), ('linear', 'large', 4.0, 50.0),
    ('markov', 'large', 5.0, 50.0)) as credits(attribution_model, attribution_channel, credited_conversions, credited_revenue)""",
  """create or replace table marketing.channel_performance as
    select *, 10 as attributed_revenue, 2 as roas, 3 as cpa, 4 as cac, null as first_month, null as last_month, '' as attribution_model
    from (values ('small', 9, 4.5), ('large', 8, 5), ('nobody', 7, 0)) as channels(attribution_channel, spend, attributed_conversions)""",
]: warehouse.execute(change)`);
    const queries = [
      "products",
      "attribution",
      "channels",
      "product_performance_dashboard",
      "channel_attribution_report",
    ];
    const all = [
      "--vars",
      JSON.stringify({ optional_sources: ["touchpoints", "consent", "ad_spend"], analysis_date: AS_OF }),
    ];
    expect(folder.run(["compile", "--quiet", "--select", ...queries, ...all])).toMatchObject({ status: 0 });
    const [products, attribution, channels, names, rules] = queries.map((query) => {
      const [file] = readdirSync(folder.target, { recursive: true, encoding: "utf8" }).filter(
        (name) =>
          (name.includes("compiled") && name.endsWith(`analyses/${query}.sql`)) ||
          name.endsWith(`dashboard/${query}.sql`),
      );
      const sql = readFileSync(join(folder.target, file!), "utf8");
      return onWarehouse(`
answer = warehouse.execute(${JSON.stringify(sql)})
print(json.dumps([dict(zip([it[0] for it in answer.description], row)) for row in answer.fetchall()], default=float))`) as Record<
        string,
        unknown
      >[];
    }) as [Record<string, unknown>[], Record<string, unknown>[], Record<string, unknown>[], object[], object[]];
    expect(products[0]).toMatchObject({ product_name: "large" });
    expect(products.map((row) => row["product_name"])).not.toContain("small");
    expect(products.at(-1)).toMatchObject({ product_name: null });
    expect(
      attribution.map((row) => [row["attribution_model"], row["attribution_channel"], row["credited_revenue"]]),
    ).toEqual([
      ["linear", "large", 50],
      ["markov", "large", 50],
      ["linear", "other channels", 107],
      ["markov", "other channels", 90],
    ]);
    const unknown = { attributed_conversions: null, attributed_revenue: null, roas: null, cpa: null, cac: null };
    expect(channels).toMatchObject([
      { attribution_channel: "small", spend: 9, ...unknown },
      { attribution_channel: "large", attributed_conversions: 5, attributed_revenue: 10, roas: 2, cpa: 3, cac: 4 },
      { attribution_channel: "nobody", attributed_conversions: 0, roas: 2 },
    ]);
    expect(names).toContainEqual(expect.objectContaining({ product_name: "large" }));
    expect(names).not.toContainEqual(expect.objectContaining({ product_name: "small" }));
    expect(rules).toContainEqual(expect.objectContaining({ attribution_channel: "Email Marketing" }));
    expect(rules).not.toContainEqual(expect.objectContaining({ attribution_channel: "Organic" }));
  });
});

describe("an erased customer", () => {
  const NAMES = ["Xyzzybert", "Quuxington", "planted-recipient", "planted-visitor", "planted-enrolment"];
  const vars = ["--vars", "{optional_sources: [touchpoints, consent, sendgrid, automation]}"];
  const PLANTED = `
    alter table touchpoints add column if not exists anonymous_id text;
    insert into customers values (910017, 'Xyzzybert', 'Quuxington');
    insert into orders values (910018, 910017, '2025-03-10', 'completed', 'Tea');
    insert into payments values (910019, 910018, 'credit_card', 1000);
    insert into touchpoints (touchpoint_id, customer_id, touched_at, channel, anonymous_id)
      values (910020, 910017, '2025-03-09 10:00', 'email', 'planted-visitor'), (910021, null, '2025-03-08', 'email', 'planted-visitor');
    insert into consent values (910017, 'profiling', 'granted', '2025-01-01');
    insert into sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id)
      select 'planted-event', 'click', 1741500000, min(singlesend_id), 'planted-recipient', 910017 from sendgrid_events;
    insert into sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id)
      select 'planted-open', 'open', 1741500000, min(singlesend_id), 'planted-recipient' from sendgrid_events;
    insert into automation_enrolments select 'planted-enrolment', min(flow_id), 910017, '2025-03-01' from automation_enrolments;
    insert into automation_events select 'planted-step', 'planted-enrolment', 1, 'completed', '2025-03-02' from range(1);`;
  /** All tables with their rows as texts, without the audit tables, which grow with each run. */
  const tables = (): Record<string, string[]> =>
    onWarehouse(`
tables = warehouse.execute("""select schema_name || '.' || table_name from duckdb_tables()
  where table_name not in ('dbt_invocations', 'dbt_model_builds') order by 1""").fetchall()
print(json.dumps({name: [str(row) for row in warehouse.execute(f"from {name} order by all").fetchall()] for (name,) in tables}))`) as Record<
      string,
      string[]
    >;
  const bytes = (): string[] => {
    const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
    const key = NAMES.concat(keyOf(910017));
    return files.flatMap((file) => {
      const content = readFileSync(join(file.parentPath, file.name));
      return key.filter((name) => content.includes(name)).map((name) => `${file.name}: ${name}`);
    });
  };
  /** Kills `erase_customer` as soon as the warehouse has a file with this ending beside it. */
  const killErasure = (ending: string): void => {
    const program = `
import os, subprocess, sys, time
awaited, *command = sys.argv[1:]
erasure = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while erasure.poll() is None and not os.path.exists(awaited):
    time.sleep(0.001)
erasure.kill()
print(erasure.wait())`;
    const command = [DBT, "run-operation", "erase_customer", "--args", "{customer_id: 910017}", ...vars];
    expect(folder.runPython(["-c", program, `${folder.warehouse}.${ending}`, ...command])).toEqual({
      status: 0,
      output: "-9\n",
    });
  };
  /** The rows of tables without those of the planted customer. The visitor stays without its name. */
  const withoutThem = (before: Record<string, string[]>): Record<string, string[]> => {
    const planted = /\b9100(?:17|18|19|20)\b|planted-(?!visitor)|Xyzzybert/;
    const others = Object.entries(before).map(([name, rows]) => [
      name,
      rows
        .filter((row) => !planted.test(row) && !row.includes(keyOf(910017)))
        .map((row) => row.replace("'planted-visitor'", "None")),
    ]);
    return Object.fromEntries(others) as Record<string, string[]>;
  };
  const keyOf = (customer: number): string => createHash("sha256").update(`${customer}development`).digest("hex");

  itWithDbt("is in no byte of the warehouse, and all other rows are as they were", () => {
    rmSync(folder.warehouse, { force: true });
    const optional = ["--optional", "touchpoints,consent,engagement"];
    const args = ["--duckdb", folder.warehouse, "--seed", "5", "--orders", "800", ...optional];
    expect(python("dbt/sample-data/generate.py", ...args)).toEqual({ status: 0, stdout: "", stderr: "" });
    onWarehouse(`warehouse.execute("""use dbt_production; ${PLANTED}""")`);
    const models = ["customers", "customer_ltv", "customer_segment_changes", "attribution_by_channel", "email_events"];
    const select = ["--select", ...models.map((model) => `+${model}`), ...vars];
    expect(folder.run(["run", "--quiet", ...select])).toMatchObject({ status: 0, output: "" });
    onWarehouse(`
warehouse.execute("create schema marketing_dbt_test__audit")
warehouse.execute("create table marketing_dbt_test__audit.failures as select 'Xyzzybert' as unique_field, 2 as n_records")
warehouse.execute("checkpoint")`);
    expect(bytes()).toEqual(expect.arrayContaining(NAMES.map((name) => `warehouse.duckdb: ${name}`)));
    const before = tables();
    const saved = join(folder.path, "saved");
    copyFileSync(folder.warehouse, saved);

    // A row that cannot be deleted, because another one refers to it, stops the erasure after it has begun.
    onWarehouse(`
warehouse.execute("create table marketing.zz_parent (customer_id integer primary key)")
warehouse.execute("create table marketing.zz_child (parent integer references marketing.zz_parent (customer_id))")
warehouse.execute("insert into marketing.zz_parent values (910017)")
warehouse.execute("insert into marketing.zz_child values (910017)")`);
    const failed = folder.run(["run-operation", "erase_customer", "--args", "{customer_id: 910017}", ...vars]);
    expect(failed.status).not.toBe(0);
    expect(failed.output).toContain("still referenced by a foreign key");
    expect(tables()).toEqual({
      ...before,
      "marketing.zz_parent": ["(910017,)"],
      "marketing.zz_child": ["(910017,)"],
    });

    // Killed when the deletes are written, and killed while the copy is written: no half erasure, and the next run completes it.
    copyFileSync(saved, folder.warehouse);
    killErasure("wal");
    expect([before, withoutThem(before)]).toContainEqual(tables());
    killErasure("erased");
    expect(tables()).toEqual(withoutThem(before));
    const refused = folder.run(["run-operation", "erase_customer", "--args", "{customer_id: 910017}", ...vars]);
    expect(refused.status).not.toBe(0);
    const copies = readdirSync(folder.path).filter((name) => name.startsWith("warehouse.duckdb.erased"));
    expect(refused.output.replaceAll(`${folder.path}/`, "")).toContain(
      `fix: rm ${copies.sort().join(" ")}, then run the command again`,
    );
    for (const name of copies) rmSync(join(folder.path, name));
    expect(folder.run(["run-operation", "erase_customer", "--args", "{customer_id: 910017}", ...vars])).toMatchObject({
      status: 0,
    });
    renameSync(`${folder.warehouse}.erased`, folder.warehouse);
    expect(tables()).toEqual(withoutThem(before));

    copyFileSync(saved, folder.warehouse);
    const kept = "{customer_id: 910017, include_sources: false}";
    expect(folder.run(["run-operation", "erase_customer", "--args", kept, ...vars])).toMatchObject({ status: 0 });
    const left = tables();
    for (const [name, rows] of Object.entries(withoutThem(before))) {
      expect({ name, rows: left[name] }).toEqual({
        name,
        rows: name.startsWith("dbt_production.") ? before[name] : rows,
      });
    }
    rmSync(`${folder.warehouse}.erased`);
    renameSync(saved, folder.warehouse);

    const wrong = folder.run(["run-operation", "erase_customer", "--args", "{customer_id: all}", ...vars]);
    expect(wrong.status).not.toBe(0);
    expect(wrong.output).toContain("got: all");
    const erased = folder.run(["run-operation", "erase_customer", "--args", "{customer_id: 910017}", ...vars]);
    expect(erased).toMatchObject({ status: 0 });
    expect(erased.output).toMatch(/Deleted 1 rows of \S+"customer_segment_changes"\n/);
    expect(erased.output).toMatch(/Deleted 2 rows of \S+"sendgrid_events"\n/);
    renameSync(`${folder.warehouse}.erased`, folder.warehouse);

    expect(bytes()).toEqual([]);
    expect(tables()).toEqual(withoutThem(before));
    // The next build starts from what is left.
    expect(folder.run(["run", "--quiet", ...select])).toMatchObject({ status: 0, output: "" });
    expect(bytes()).toEqual([]);
  });
});

describe("the salt of the keys", () => {
  itWithDbt("has no default in production", () => {
    const run = [
      "run",
      "--quiet",
      "--select",
      "touchpoints",
      "--vars",
      JSON.stringify({ optional_sources: ["touchpoints"] }),
    ];
    const { status, output } = folder.run(run, { DBT_CLOUD_ENVIRONMENT_TYPE: "prod" });
    expect(status).not.toBe(0);
    expect(output).toContain("DBT_CUSTOMER_KEY_SALT is not set");
  });
});
