import { z } from "zod";
import { svg } from "./chart";
import { inFull, inShort, UNITS, type Unit } from "./figures";
import { html, type Html } from "../html/html";
import { rowsOf } from "./rows";
import { AD_PLATFORMS, BUDGETS, EMAIL, TOUCHPOINTS, whyLeftOut, type Need } from "./sources";
import { figureOf, tableOf, type Column } from "./table";
import type { Warehouse } from "./warehouse";
import { inWords, month } from "./words";

/** The figure of a KPI in the last complete month. */
const kpiRow = z.object({
  kpi_name: z.string(),
  label: z.string(),
  unit: z.enum(UNITS),
  value: z.number().nullable(),
  prior_value: z.number().nullable(),
  change_pct: z.number().nullable(),
  yoy_change_pct: z.number().nullable(),
  is_improvement: z.boolean().nullable(),
  target: z.number().nullable(),
  variance_pct: z.number().nullable(),
  status: z.enum(["on_track", "at_risk", "off_track"]).nullable(),
  expected_outcome: z.string().nullable(),
  definition: z.string(),
  /** The customers or orders that a percentage is of; null for other KPIs. */
  number_of_cases: z.number().nullable(),
  cases: z.enum(["customers", "orders"]).nullable(),
});

type Kpi = z.output<typeof kpiRow>;

const trendRow = z.object({
  kpi_name: z.string(),
  period_month: z.string(),
  value: z.number().nullable(),
  target: z.number().nullable(),
});

type Trend = z.output<typeof trendRow>;

/** Words and marks, so that the meaning does not depend on color. */
const STATUSES: Readonly<Record<NonNullable<Kpi["status"]>, string>> = {
  on_track: "✓ On track",
  at_risk: "! At risk",
  off_track: "✕ Off track",
};

/** The cards in their order, with the optional sources that each needs. The table has all other KPIs. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, readonly Need[]>>>> = {
  Sales: {
    revenue: [],
    orders: [],
    average_order_value: [],
    a_product_revenue: [],
    return_rate: [],
    promotional_dependency: [],
  },
  Customers: {
    new_customers: [],
    churn_rate: [],
    retention_month_1: [],
    retention_month_3: [],
    ltv_per_customer: [],
    ltv_cac: [AD_PLATFORMS],
    predicted_ltv: [],
    predicted_ltv_cac: [AD_PLATFORMS],
    payback_months: [AD_PLATFORMS],
  },
  Marketing: {
    ad_spend: [AD_PLATFORMS],
    budget_used: [AD_PLATFORMS, BUDGETS],
    mer: [AD_PLATFORMS],
    cac: [AD_PLATFORMS],
    campaign_roi: [AD_PLATFORMS, TOUCHPOINTS],
    email_revenue: [EMAIL],
  },
};

const COLUMNS: readonly Column<Kpi>[] = [
  { title: "KPI", text: (row) => row.label },
  { title: "Value", figure: (row) => [row.value, row.unit] },
  { title: "Of", text: (row) => casesOf(row) },
  { title: "Month before", figure: (row) => [row.prior_value, row.unit] },
  { title: "Change", figure: (row) => [row.change_pct, "percent"] },
  { title: "Change from the previous year", figure: (row) => [row.yoy_change_pct, "percent"] },
  { title: "Target", figure: (row) => [row.target, row.unit] },
  { title: "Above target", figure: (row) => [row.variance_pct, "percent"] },
  { title: "Status", text: (row) => row.status && STATUSES[row.status] },
  { title: "Definition", text: (row) => row.definition },
];

/** The KPIs of the last complete month, each as a card with its trend. */
export function kpiCards(warehouse: Warehouse, sourcesOn: readonly string[]): Html {
  const kpis = rowsOf(warehouse, "kpis", kpiRow);
  const trends = rowsOf(warehouse, "kpi_trends", trendRow);
  if (kpis.length === 0) return html`<p class="left-out">No month is complete yet, so there are no KPIs.</p>`;
  const groups = Object.entries(GROUPS).map(([title, needs]) => {
    const cards = Object.keys(needs).flatMap((name) =>
      kpis.filter(({ kpi_name }) => kpi_name === name).map((kpi) => card(kpi, trends)),
    );
    const absent = Object.keys(needs).filter((name) => kpis.every(({ kpi_name }) => kpi_name !== name));
    return html`<section>
      <h3>${title}</h3>
      <div class="cards">${cards}</div>
      ${absent.map((name) => html`<p class="left-out">${inWords(name)}: ${whyLeftOut(needs[name]!, sourcesOn, [])}</p>`)}
    </section>`;
  });
  return html`<section id="kpis">
    <h2>Key figures of ${month(trends.at(-1)?.period_month ?? null)}</h2>
    <p class="note">Compared with the month before. The lines show up to 24 months, the dashed ones the targets.</p>
    ${groups} ${tableOf("all key figures", COLUMNS, kpis)}
  </section>`;
}

function card(kpi: Kpi, trends: readonly Trend[]): Html {
  const own = trends.filter(({ kpi_name }) => kpi_name === kpi.kpi_name);
  const status = kpi.status && html`<p class="status ${kpi.status}">${STATUSES[kpi.status]}</p>`;
  const outcome =
    kpi.expected_outcome && html`<p class="outcome">Expected outcome: <span>${kpi.expected_outcome}</span></p>`;
  return html`<article class="kpi" id="kpi-${kpi.kpi_name}" title="${kpi.definition}">
    <h4>${kpi.label}</h4>
    <p class="value">${figureOf(kpi.value, kpi.unit, inShort)}</p>
    ${casesOf(kpi) && html`<p class="cases">of ${casesOf(kpi)}</p>`} ${status}
    <p class="change">${change(kpi)}</p>
    <p class="target">${target(kpi)}</p>
    ${outcome}
    <div class="trend" role="img" aria-label="${kpi.label}, ${own.length} months">${sparkline(own, kpi.unit)}</div>
  </article>`;
}

/** The base of a percentage, such as `48 customers`; null for other KPIs. */
function casesOf({ number_of_cases, cases }: Kpi): string | null {
  return number_of_cases === null || cases === null ? null : `${inFull(number_of_cases, cases)} ${cases}`;
}

function change({ change_pct, is_improvement }: Kpi): Html {
  if (change_pct === null) return html`No month to compare with`;
  const arrow = change_pct > 0 ? "▲" : change_pct < 0 ? "▼" : "=";
  const judged = is_improvement === null ? "" : is_improvement ? "better" : "worse";
  return html`<span class="${judged}"
    >${arrow} ${figureOf(change_pct, "percent", sizeOf)}${judged && `, ${judged}`}</span
  >`;
}

/** A change without its sign, which the arrow shows. */
function sizeOf(value: number | null, unit: Unit): string {
  return inShort(value === null ? null : Math.abs(value), unit);
}

function target({ target: value, unit, variance_pct }: Kpi): Html {
  if (value === null) return html`No target`;
  const side = variance_pct === null || variance_pct === 0 ? "" : variance_pct > 0 ? " above" : " below";
  const distance = side === "" ? "" : html` <span>(${sizeOf(variance_pct, "percent")}${side})</span>`;
  return html`Target ${figureOf(value, unit, inShort)}${distance}`;
}

function sparkline(trend: readonly Trend[], unit: Unit): Html {
  const line = (name: string, value: (row: Trend) => number | null) =>
    trend.map((row) => ({
      value: value(row) ?? "-",
      name: `${month(row.period_month)}: ${name}${inFull(value(row), unit)}`,
    }));
  const hidden = { show: false } as const;
  return svg(200, {
    height: 60,
    option: {
      grid: { left: 4, right: 4, top: 5, bottom: 5, outerBoundsMode: "none" },
      xAxis: { type: "category", boundaryGap: false, ...hidden, data: trend.map(({ period_month }) => period_month) },
      yAxis: { type: "value", scale: true, ...hidden },
      series: [
        {
          type: "line",
          symbol: "none",
          lineStyle: { color: "var(--muted)", width: 1.25, type: [4, 3] },
          data: line("target ", (row) => row.target),
        },
        {
          type: "line",
          symbol: "circle",
          symbolSize: 3.5,
          lineStyle: { color: "var(--series-1)", width: 1.75 },
          itemStyle: { color: "var(--series-1)" },
          data: line("", (row) => row.value),
        },
      ],
    },
  });
}
