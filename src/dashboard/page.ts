import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { inCurrency } from "./figures";
import { document, html, type Html } from "../html/html";
import { kpiCards } from "./kpi-cards";
import { agesOfPlatforms, latePlatforms, PLATFORMS } from "./platforms";
import { rowsOf } from "./rows";
import { attribution } from "./sections/attribution";
import { budgets } from "./sections/budgets";
import { channels } from "./sections/channels";
import { churn } from "./sections/churn";
import { cohorts } from "./sections/cohorts";
import { forecastAccuracy } from "./sections/forecast-accuracy";
import { funnel } from "./sections/funnel";
import { lifetimeValue } from "./sections/lifetime-value";
import { products } from "./sections/products";
import { segments } from "./sections/segments";
import type { Warehouse } from "./warehouse";
import { day, daysFrom, inDays, month, time } from "./words";

const overviewRow = z.object({
  target_name: z.string(),
  target_schema: z.string(),
  /** The names of the optional sources that are on, separated by commas. */
  optional_sources: z.string(),
  reporting_currency: z.string(),
  /** The var; null if it is not set, so that today is the day of the page. */
  analysis_date: z.string().nullable(),
  freshness_max_age_days: z.number(),
  newest_order_on: z.string().nullable(),
  /** Null, like the month, until a month is complete. */
  data_until: z.string().nullable(),
  period_month: z.string().nullable(),
  on_track: z.number().nullable(),
  at_risk: z.number().nullable(),
  off_track: z.number().nullable(),
  built_at: z.string().nullable(),
});

type Overview = z.output<typeof overviewRow>;

const SECTIONS = [
  attribution,
  channels,
  budgets,
  funnel,
  lifetimeValue,
  churn,
  forecastAccuracy,
  segments,
  cohorts,
  products,
];

const STYLE = readFileSync(join(__dirname, "page.css"), "utf8");

/**
 * The missing tables that the page requires. Tables of optional sources can be missing.
 */
export function missingTables(warehouse: Warehouse): string[] {
  const optional = [PLATFORMS, ...SECTIONS.filter(({ needs }) => needs.length > 0).map(({ query }) => query)];
  const results = [...warehouse.values()].filter(({ query }) => !optional.includes(query));
  return [...new Set(results.flatMap(({ missing }) => missing))].sort();
}

/**
 * The whole page: one file without scripts and without requests to other hosts.
 *
 * @param writtenAt the time that the page shows as its creation time, ISO 8601 in UTC
 */
export function page(warehouse: Warehouse, writtenAt: string): string {
  const overview = rowsOf(warehouse, "overview", overviewRow)[0];
  if (overview === undefined) throw new Error("the query overview gave no row; it always gives one");
  return inCurrency(overview.reporting_currency, () => written(warehouse, overview, writtenAt));
}

function written(warehouse: Warehouse, overview: Overview, writtenAt: string): string {
  const sourcesOn = overview.optional_sources.split(",");
  const today = overview.analysis_date ?? writtenAt;
  return document(
    `Marketing dashboard, ${month(overview.period_month)}`,
    STYLE,
    html`${header(overview, agesOfPlatforms(warehouse, today))} ${ageOfData(overview, today)}
      ${latePlatforms(warehouse, today)}
      <main>
        ${kpiCards(warehouse, sourcesOn)}
        <div class="sections">${SECTIONS.map(({ render }) => render(warehouse, sourcesOn))}</div>
      </main>
      <footer>
        Written ${time(writtenAt)} by npm run dashboard. Every figure is a row of the warehouse; the tables have them in
        full.
      </footer>`,
  );
}

/** A warning if the newest order is older than freshness_max_age_days. */
function ageOfData({ newest_order_on, analysis_date, freshness_max_age_days }: Overview, today: string): Html {
  if (newest_order_on === null) return html``;
  const days = daysFrom(newest_order_on, today);
  if (days <= freshness_max_age_days) return html``;
  return html`<p class="banner" role="status">
    <strong>! The data are ${inDays(days)} old.</strong> The newest order is of ${day(newest_order_on)}, and today
    ${analysis_date === null ? html`is` : html`is, by the var analysis_date,`} ${day(today)}. All figures end there.
  </p>`;
}

/** @param platforms the ages of the platforms in words, or undefined without platforms */
function header(overview: Overview, platforms: string | undefined): Html {
  const { on_track, at_risk, off_track } = overview;
  const facts: readonly (readonly [string, string | Html])[] = [
    ["Last complete month", month(overview.period_month)],
    ["Data up to", day(overview.data_until)],
    [
      "Targets",
      html`<span class="status on_track">✓ ${on_track ?? 0} on track</span>
        <span class="status at_risk">! ${at_risk ?? 0} at risk</span>
        <span class="status off_track">✕ ${off_track ?? 0} off track</span>`,
    ],
    ["Warehouse", `${overview.target_schema} on ${overview.target_name}`],
    ["Last built", time(overview.built_at)],
    ...(platforms === undefined ? [] : [["Age of platform data", platforms] as const]),
  ];
  return html`<header>
    <h1>Marketing dashboard</h1>
    <dl>
      ${facts.map(
        ([term, fact]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${fact}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}
