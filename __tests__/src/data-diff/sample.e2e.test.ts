import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { sampleOf } from "../../../src/data-diff/sample";
import { missingDbt, ROOT } from "../../dbt/dbt";
import { missingPostgres, PostgresServer } from "../../dbt/postgres";
import { envFolder } from "../../support/env-folder";
import { itIf } from "../../support/requirement";

const missing = missingDbt ?? missingPostgres;
const itWithPostgres = itIf(missing);
const python = (...args: string[]): string =>
  execFileSync(join(ROOT, ".venv/bin/python"), ["-B", ...args], { encoding: "utf8", cwd: ROOT });

/** The rows of queries of a DuckDB file. */
function rows(file: string, ...queries: readonly string[]): unknown[][][] {
  return JSON.parse(python("src/rehearsal/duckdb_rows.py", file, ...queries)) as unknown[][][];
}

describe("a sample of a PostgreSQL", () => {
  const folder = envFolder({});
  const whole = join(folder, "whole.duckdb");
  let server: PostgresServer;
  beforeAll(async () => {
    if (missing !== undefined) return;
    const optional = ["--optional", "touchpoints,ads,engagement,consent"];
    python("dbt/sample-data/generate.py", "--duckdb", whole, "--orders", "3000", ...optional);
    server = await PostgresServer.start();
    python("__tests__/dbt/load_postgres.py", whole, String(server.port));
  });
  afterAll(() => {
    if (missing === undefined) server.stop();
  });

  /** A sample of so many percent of the customers. */
  function sample(percent: number): string {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...server.env };
    const file = sampleOf({ root: ROOT, folder, target: "postgres", percent, env, say: () => undefined });
    const kept = join(envFolder({}), "sample.duckdb");
    renameSync(file, kept);
    return kept;
  }

  itWithPostgres("has all rows of some customers, all tables without people, and no names", () => {
    const file = sample(20);
    const attach = `attach '${file}' as sample (read_only)`;
    const [, counts, orphans, others, names, platforms, events] = rows(
      whole,
      attach,
      "select (select count(*) from sample.dbt_production.customers) / (select count(*) from dbt_production.customers)",
      `select count(*) from sample.dbt_production.payments p
       where not exists (select 1 from sample.dbt_production.orders o where o.id = p.order_id)`,
      // Every order and payment of a customer of the sample, with the same values, and none of another customer.
      `select count(*) from (
         (select o.*, p.* from dbt_production.orders o join dbt_production.payments p on p.order_id = o.id
          where o.user_id in (select id from sample.dbt_production.customers)
          except all select o.*, p.* from sample.dbt_production.orders o join sample.dbt_production.payments p on p.order_id = o.id)
         union all
         (select o.*, p.* from sample.dbt_production.orders o join sample.dbt_production.payments p on p.order_id = o.id
          except all select o.*, p.* from dbt_production.orders o join dbt_production.payments p on p.order_id = o.id))`,
      "select distinct first_name, last_name from sample.dbt_production.customers where first_name is not null",
      `select count(*) from (from dbt_production.meta_ads_insights except all from sample.dbt_production.meta_ads_insights)`,
      `select count(*) from (
         select e.* from dbt_production.automation_events e join dbt_production.automation_enrolments n using (enrolment_id)
         where n.customer_id in (select id from sample.dbt_production.customers)
         except all from sample.dbt_production.automation_events)`,
    );
    expect(counts![0]![0]).toBeGreaterThan(0.15);
    expect(counts![0]![0]).toBeLessThan(0.25);
    expect([orphans, others, platforms, events]).toEqual([[[0]], [[0]], [[0]], [[0]]]);
    expect(names).toEqual([["(personal data)", "(personal data)"]]);
  });

  itWithPostgres("has the customers of a smaller sample, and more", () => {
    const ids = (file: string): unknown[] =>
      rows(file, "select id from dbt_production.customers order by 1")[0]!.map(([id]) => id);
    const [small, large] = [sample(5), sample(30)].map(ids);
    expect(large).toEqual(expect.arrayContaining(small!));
    expect(small!.length).toBeGreaterThan(0);
    expect(small!.length).toBeLessThan(large!.length);
  });
});
