import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataDiff } from "../../../src/data-diff/data-diff";
import { missingDbt, ROOT } from "../../dbt/dbt";
import { envFolder } from "../../support/env-folder";
import { itIf } from "../../support/requirement";

const itWithDbt = itIf(missingDbt);

const PROJECT = {
  ".gitignore": "dbt/target/\n.venv\n",
  "dbt/dbt_project.yml": "name: shop\nprofile: shop\nmodels:\n  shop:\n    +materialized: table\n",
  "dbt/profiles.yml":
    "shop:\n  target: duckdb\n  outputs:\n    duckdb: { type: duckdb, path: \"{{ env_var('MARKETING_DUCKDB_PATH') }}\" }\n",
  "dbt/models/stg_orders.sql": "select 1 as order_id, 10.0 as amount union all select 2, 20.0 union all select 3, 30.0",
  "dbt/models/marts/orders.sql": "select order_id, amount from {{ ref('stg_orders') }}",
  "dbt/models/marts/executive_summary.sql":
    "select 'revenue' as kpi_name, 'Revenue' as label, 'dollars' as unit, sum(amount) as value from {{ ref('stg_orders') }}",
  "dbt/models/marts/other.sql": "select 1 as one",
  "dbt/models/days.sql": "select cast('2026-01-01' as date) as date_day",
  "dbt/models/models.yml": `
models:
  - name: days
    time_spine: { standard_granularity_column: date_day }
    columns:
      - { name: date_day, granularity: day }
  - name: orders
    columns:
      - name: order_id
        data_tests: [unique]
      - name: amount
        data_tests:
          - accepted_values: { arguments: { values: [10.0, 20.0, 30.0], quote: false } }
  - name: executive_summary
    columns:
      - name: kpi_name
        data_tests: [unique]
exposures:
  - name: report
    label: Order report
    type: dashboard
    owner: { name: Analytics }
    depends_on: [ref('orders')]
  - name: revenue_report
    label: Revenue report
    type: dashboard
    owner: { name: Analytics }
    depends_on: [metric('revenue')]
semantic_models:
  - name: sales
    model: ref('orders')
    defaults: { agg_time_dimension: ordered_at }
    entities: [{ name: order, type: primary, expr: order_id }]
    dimensions: [{ name: ordered_at, type: time, expr: "cast('2026-01-01' as date)", type_params: { time_granularity: day } }]
    measures: [{ name: revenue, agg: sum, expr: amount }]
metrics:
  - { name: revenue, label: Revenue, type: simple, type_params: { measure: revenue } }
`,
};

/** A repository with a small dbt project and one commit. */
function repository(): string {
  const root = envFolder(PROJECT);
  symlinkSync(join(ROOT, ".venv"), join(root, ".venv"));
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: root });
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "tester");
  git("config", "user.email", "tester@example.com");
  git("add", ".");
  git("commit", "--quiet", "--message", "A shop");
  return root;
}

describe("a change of the dbt project", () => {
  itWithDbt("is compared with the branch's base, model by model", () => {
    const root = repository();
    const said: string[] = [];
    const { PATH, HOME } = process.env;
    const request = { root, base: "main", env: { PATH, HOME }, say: (message: string) => void said.push(message) };
    const write = (file: string, text: string): void => {
      writeFileSync(join(root, "dbt/models", file), text);
    };

    write(
      "marts/orders.sql",
      "with all_orders as (select * from {{ ref('stg_orders') }}) select order_id, amount from all_orders",
    );
    expect(dataDiff(request)).toMatchObject({ built: ["orders"], marts: [], kpis: [], failures: [], unchanged: 3 });

    write("stg_orders.sql", PROJECT["dbt/models/stg_orders.sql"].replace("3, 30.0", "3, 36.0"));
    write("marts/other.sql", "select 1 as one, 2 as two");
    const changed = dataDiff(request);
    expect([...changed.built].sort()).toEqual(["executive_summary", "orders", "other", "stg_orders"]);
    expect(changed).toMatchObject({
      marts: [
        { name: "executive_summary", rows: { changed: 1 } },
        { name: "orders", rows: { base: 3, added: 0, lost: 0, changed: 1 }, columns: [{ name: "amount", changed: 1 }] },
        { name: "other", schema: { added: ["two"] } },
      ],
      kpis: [{ label: "Revenue", unit: "dollars", before: 60, after: 66 }],
      readers: { orders: ["Order report", "Revenue report"] },
      failures: [{ status: "fail", name: expect.stringMatching(/^accepted_values_orders/) as string }],
      unchanged: 0,
    });
    // The base is built once.
    expect(said.filter((message) => message.startsWith("Building") && message.includes("once"))).toHaveLength(1);

    rmSync(join(root, "dbt/models/marts/other.sql"));
    write("marts/fresh.sql", "select 1 as one");
    write("stg_orders.sql", PROJECT["dbt/models/stg_orders.sql"]);
    expect(dataDiff(request)).toMatchObject({
      marts: [
        { name: "fresh", status: "added" },
        { name: "other", status: "removed" },
      ],
    });

    const builds = join(root, "dbt/target/diff-data");
    const older = Array.from({ length: 5 }, (_, i) => String(i).repeat(40));
    for (const [i, name] of older.entries()) {
      mkdirSync(join(builds, name));
      utimesSync(join(builds, name), i, i);
    }
    write("marts/orders.sql", "select nothing from");
    expect(() => dataDiff({ ...request, base: "no-such-branch" })).toThrow("git does not know no-such-branch");
    expect(dataDiff(request)).toMatchObject({ failures: [{ name: "orders", status: "error" }] });
    // The newest builds of bases are kept.
    expect(older.filter((name) => existsSync(join(builds, name)))).toEqual(older.slice(1));
  });
});
