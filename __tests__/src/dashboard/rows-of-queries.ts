import type { QueryResult, Warehouse } from "../../../src/dashboard/warehouse";

const KPI = {
  kpi_name: "revenue",
  label: "Revenue",
  unit: "dollars",
  value: 15_731,
  prior_value: 13_273,
  change_pct: 18.5,
  yoy_change_pct: null,
  is_improvement: true,
  target: 11_000,
  variance_pct: 43,
  status: "on_track",
  expected_outcome: null,
  definition: "Dollars of the successful orders",
  number_of_cases: null,
  cases: null,
};

/** A small warehouse with all rows. `text` replaces all free texts of the data. */
export function rowsOfQueries(text: string): Record<string, object[]> {
  return {
    overview: [
      {
        target_name: "duckdb",
        target_schema: text,
        optional_sources: "touchpoints,ad_spend,budgets",
        reporting_currency: "USD",
        analysis_date: null,
        freshness_max_age_days: 7,
        newest_order_on: "2025-12-31",
        data_until: "2025-12-31",
        period_month: "2025-11-01",
        on_track: 1,
        at_risk: 0,
        off_track: 1,
        built_at: "2025-12-31 05:10:00",
      },
    ],
    platforms: [
      { platform: "linkedin_ads", last_day: "2025-12-30", freshness_status: "fresh" },
      { platform: "google_ads", last_day: "2025-12-31", freshness_status: "fresh" },
    ],
    kpis: [
      { ...KPI, definition: text, expected_outcome: text },
      {
        ...KPI,
        kpi_name: "churn_rate",
        label: text,
        unit: "percent",
        value: 6.5,
        change_pct: 23.4,
        is_improvement: false,
        target: 3.6,
        variance_pct: 80.6,
        status: "off_track",
        number_of_cases: 48,
        cases: "customers",
      },
      {
        ...KPI,
        kpi_name: "ad_spend",
        label: "Ad spend",
        value: null,
        change_pct: null,
        is_improvement: null,
        target: null,
        variance_pct: null,
        status: null,
      },
    ],
    kpi_trends: [
      { kpi_name: "revenue", period_month: "2025-10-01", value: 13_273, target: null },
      { kpi_name: "revenue", period_month: "2025-11-01", value: 15_731, target: 11_000 },
    ],
    attribution: [
      {
        attribution_model: "markov",
        attribution_channel: text,
        credited_conversions: 7.5,
        credited_revenue: 75,
        revenue_share: 75,
      },
      {
        attribution_model: "markov",
        attribution_channel: "unattributed",
        credited_conversions: 2.5,
        credited_revenue: 25,
        revenue_share: 25,
      },
    ],
    channels: [
      {
        attribution_channel: text,
        spend: 50,
        attributed_conversions: 7.5,
        attributed_revenue: 75,
        roas: 1.5,
        cpa: 6.67,
        cac: null,
        first_month: "2025-01-01",
        last_month: "2025-12-01",
        attribution_model: text,
      },
    ],
    budgets: [
      {
        month: "2025-12-01",
        platform: text,
        budget: 100,
        spend: 120,
        remaining: -20,
        elapsed_share: 1,
        expected_spend: 100,
        pacing: 1.2,
        pacing_status: "over",
      },
    ],
    funnel: [
      {
        stage: "touched",
        people: 10,
        people_without_touch: 0,
        step_conversion_rate: null,
        overall_conversion_rate: 100,
      },
      { stage: "engaged", people: 4, people_without_touch: 0, step_conversion_rate: 40, overall_conversion_rate: 40 },
    ],
    segments: [
      {
        customer_segment: text,
        customers: 3,
        customers_at_high_risk: 1,
        customer_share: 100,
        revenue: 60,
        revenue_share: 100,
        revenue_per_customer: 20,
        marketing_action: text,
      },
    ],
    cohorts: [0, 1].map((age) => ({
      cohort_month: "2025-11-01",
      cohort_size: 4,
      months_since_first_purchase: age,
      retention_rate: age === 0 ? 100 : 25,
      is_complete: age === 0,
    })),
    products: [
      {
        product_name: text,
        abc_category: "A",
        products: 1,
        revenue: 90,
        revenue_share: 90,
        cumulative_revenue_share: 90,
      },
      {
        product_name: null,
        abc_category: null,
        products: 7,
        revenue: 10,
        revenue_share: 10,
        cumulative_revenue_share: 100,
      },
    ],
    abc_categories: [{ abc_category: "A", products: 1, revenue_share: 90 }],
  };
}

/** The complete results of all queries. */
export function warehouseOf(rows: Readonly<Record<string, object[]>>): Warehouse {
  return new Map(
    Object.entries(rows).map(([query, own]): [string, QueryResult] => [query, { query, missing: [], rows: own }]),
  );
}
