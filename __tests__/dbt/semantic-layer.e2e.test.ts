import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, PROJECT, ROOT } from "./dbt";
import { missingModule, python } from "./python";
import { copyShippedWarehouse, shippedWarehouse } from "./warehouses";

const missing = missingModule("dbt_metricflow");
const itWithMetricFlow = itIf(missing);
const folder = new DbtFolder();
const project = join(folder.path, "metrics");

/** What a command of `mf` printed, and the rows of a query: a text or null for each column. */
interface MfRun {
  readonly code: number;
  readonly output: string;
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

const MODELS = [
  "first_touch",
  "last_touch",
  "last_non_direct",
  "linear",
  "time_decay",
  "position_based",
  "markov",
  "shapley",
];
const COMPLETE_MONTHS = ["--start-time", "2024-01-01", "--end-time", "2025-11-30"];
const SALES = ["revenue", "orders", "average_order_value", "return_rate", "promotional_dependency", "new_customers"];
const COSTS = ["ad_spend", "cac", "mer", "ltv_cac", ...MODELS.map((model) => `roas_${model}`)];

/** SQL for KPIs by month, a column for each. */
function kpis(names: readonly string[]): string {
  const columns = names.map((name) => `max(case when kpi_name = '${name}' then value end)`);
  return `select period_month, ${columns.join(", ")} from marketing.executive_kpis group by 1`;
}

/** A query, and the SQL that reads the same figures from marts. */
interface Comparison {
  readonly metrics: readonly string[];
  readonly groupBy: readonly string[];
  readonly options?: readonly string[];
  /** Its first columns are those of `groupBy`, the others are the metrics, both in the same order. */
  readonly sql: string;
  /** The largest relative difference; 1e-9 by default. */
  readonly tolerance?: number;
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "the KPIs of sales in every complete month": {
    metrics: [...SALES, "customer_lifetime_value"],
    groupBy: ["metric_time__month"],
    options: COMPLETE_MONTHS,
    sql: kpis([...SALES, "ltv_per_customer"]),
  },
  "the KPIs of ads in every complete month": {
    metrics: COSTS,
    groupBy: ["metric_time__month"],
    options: COMPLETE_MONTHS,
    sql: kpis(COSTS),
    tolerance: 1e-4, // executive_kpis rounds the costs of a month to cents
  },
  "retention after one month, by month": {
    metrics: ["retention_rate"],
    groupBy: ["metric_time__month"],
    options: [...COMPLETE_MONTHS, "--where", "{{ Dimension('cohort__months_since_first_purchase') }} = 1"],
    sql: `select period_month, value from marketing.executive_kpis
      where kpi_name = 'retention_month_1' and value is not null`,
  },
  "retention by cohort": {
    metrics: ["retention_rate"],
    groupBy: ["cohort__cohort_month__month", "cohort__months_since_first_purchase"],
    sql: "select cohort_month, months_since_first_purchase, retention_rate from marketing.customer_cohorts",
  },
  "value and frequency by customer": {
    metrics: ["revenue", "average_order_value", "purchase_frequency", "churn_risk_score"],
    groupBy: ["customer"],
    options: ["--where", "{{ Dimension('customer__customer_segment') }} is not null"],
    sql: `select customer_id, customer_lifetime_value, customers.average_order_value, purchase_frequency, churn_risk_score
      from marketing.customers
      inner join marketing.customer_segmentation using (customer_id)
      inner join marketing.customer_ltv using (customer_id)`,
  },
  "revenue and churn risk by segment": {
    metrics: ["revenue", "churn_risk_score", "customers_at_high_risk", "segmented_customers"],
    groupBy: ["customer__customer_segment"],
    options: ["--where", "{{ Dimension('customer__customer_segment') }} is not null"],
    sql: `select customer_segment, sum(total_revenue), avg(churn_risk_score), count(*) filter (churn_risk = 'High'), count(*)
      from marketing.customer_segmentation group by 1`,
  },
  "sales, returns and reach by product": {
    metrics: [
      ...["revenue", "orders", "orders_of_any_status", "returned_orders", "average_order_value", "return_rate"],
      ...["promotional_dependency", "buyers", "product_revenue", "product_penetration"],
    ],
    groupBy: ["product"],
    sql: `select product_name, total_revenue, successful_orders, total_orders, returned_orders, avg_order_value, return_rate,
        promotional_dependency, unique_customers, total_revenue, 100 * unique_customers / (select count(*) from marketing.customers)
      from marketing.product_performance`,
  },
  "revenue of A products": {
    metrics: ["revenue_concentration"],
    groupBy: [],
    sql: "select max(cumulative_revenue_share) from marketing.product_performance where abc_category = 'A'",
  },
  "the whole shop": {
    metrics: ["market_penetration", "high_risk_rate", "customer_lifetime_value"],
    groupBy: [],
    sql: `select
        100 - 100 * (select avg((customer_segment = 'prospect')::int) from marketing.customers),
        100 * (select avg((churn_risk = 'High')::int) from marketing.customer_segmentation),
        (select avg(customer_lifetime_value) from marketing.customers where customer_segment <> 'prospect')`,
  },
  "efficiency by channel": {
    metrics: ["channel_efficiency_score"],
    groupBy: ["rule_channel"],
    sql: "select attribution_channel, channel_efficiency_score from marketing.marketing_attribution",
  },
  "attributed revenue by channel": {
    metrics: MODELS.map((model) => `attributed_revenue_${model}`),
    groupBy: ["channel"],
    sql: `select attribution_channel, ${MODELS.map((model) => `coalesce(max(case when attribution_model = '${model}' then credited_revenue end), 0)`).join(", ")}
      from marketing.attribution_by_channel group by 1`,
  },
  "return and acquisition cost by channel": {
    metrics: ["campaign_roas", "campaign_cac"],
    groupBy: ["channel"],
    sql: "select attribution_channel, roas, cac from marketing.channel_performance",
  },
};

let validation: MfRun;
let answers: Readonly<Record<string, MfRun>> = {};

beforeAll(() => {
  if (missing !== undefined) return;
  expect(copyShippedWarehouse(folder)).toMatchObject({ status: 0 });
  mkdirSync(join(project, "target"), { recursive: true });
  for (const name of ["dbt_project.yml", "profiles.yml"]) cpSync(join(PROJECT, name), join(project, name));
  const manifest = "semantic_manifest.json";
  cpSync(join(shippedWarehouse(folder).target, manifest), join(project, "target", manifest));
  const queries = Object.values(COMPARISONS).map(({ metrics, groupBy, options = [] }) => [
    ...["query", "--metrics", metrics.join(",")],
    ...(groupBy.length === 0 ? [] : ["--group-by", groupBy.join(",")]),
    ...options,
  ]);
  const commands = JSON.stringify([["validate-configs", "--show-all"], ...queries]);
  const results = join(folder.path, "results.json");
  const program = join(__dirname, "query_metrics.py");
  expect(folder.runPython([program, project, commands, results])).toMatchObject({ status: 0 });
  const [first, ...others] = JSON.parse(readFileSync(results, "utf8")) as MfRun[];
  validation = first!;
  answers = Object.fromEntries(Object.keys(COMPARISONS).map((name, index) => [name, others[index]!]));
});

afterAll(() => {
  folder.remove();
});

/** The rows of the marts, with all values as text or null. */
function marts(sql: string): readonly (readonly (string | null)[])[] {
  const program =
    "import duckdb, json, sys; rows = duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchall(); " +
    "print(json.dumps([[None if value is None else str(value) for value in row] for row in rows]))";
  const { status, stdout, stderr } = python("-c", program, folder.warehouse, sql);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as (string | null)[][];
}

/** Rows by their key, the first `keys` values. A time of midnight is its day. */
function keyed(rows: readonly (readonly (string | null)[])[], keys: number): ReadonlyMap<string, (number | null)[]> {
  return new Map(
    rows.map((row) => [
      row
        .slice(0, keys)
        .map((value) => value?.replace(/ 00:00:00$/, ""))
        .join(" | "),
      row.slice(keys).map((value) => (value === null ? null : Number(value))),
    ]),
  );
}

describe("MetricFlow", () => {
  itWithMetricFlow("finds every semantic model and metric valid, in itself and in the warehouse", () => {
    expect(validation).toMatchObject({ code: 0 });
    expect(validation.output).not.toMatch(/ERROR/);
  });

  itWithMetricFlow.each(Object.entries(COMPARISONS))("answers %s as the marts do", (name, comparison) => {
    const { metrics, groupBy, sql, tolerance = 1e-9 } = comparison;
    const answer = answers[name]!;
    expect(answer).toMatchObject({ code: 0 });
    const columns = [...groupBy, ...metrics];
    const rows = answer.rows.map((row) => columns.map((column) => row[column]!));
    const actual = keyed(rows, groupBy.length);
    const expected = keyed(marts(sql), groupBy.length);
    expect(expected.size).toBeGreaterThan(0);
    expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
    const faults = [...expected].flatMap(([key, values]) =>
      values.flatMap((value, index) => {
        const found = actual.get(key)?.[index] ?? null;
        const isEqual =
          value === null || found === null
            ? value === found
            : Math.abs(found - value) <= tolerance * Math.max(1, Math.abs(value));
        return isEqual ? [] : [`${metrics[index]}, ${key}: got ${found}, the mart has ${value}`];
      }),
    );
    expect(faults).toEqual([]);
  });
});

describe("docs/metrics.md", () => {
  itWithMetricFlow("lists every metric", () => {
    const { metrics } = JSON.parse(readFileSync(join(project, "target", "semantic_manifest.json"), "utf8")) as {
      metrics: readonly { readonly name: string }[];
    };
    const page = readFileSync(join(ROOT, "docs", "metrics.md"), "utf8");
    const listed = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!);
    expect(listed.sort()).toEqual(metrics.map(({ name }) => name).sort());
  });
});
