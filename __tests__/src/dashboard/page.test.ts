import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingTables, page } from "../../../src/dashboard/page";
import { readWarehouse, resultsOf } from "../../../src/dashboard/warehouse";
import { rowsOfQueries, warehouseOf } from "./rows-of-queries";

const WRITTEN = "2026-11-22T09:30:00.000Z";
const HOSTILE = `</script></style></title><script>alert(1)</script><img src=x onerror=alert(2)>"'&]]>`;
const SECTIONS = [
  ...["attribution", "channels", "budgets", "funnel", "lifetime_value", "churn", "forecast_accuracy", "segments"],
  ...["cohorts", "products"],
];

const pageOf = (rows: Readonly<Record<string, object[]>>): string => page(warehouseOf(rows), WRITTEN);
/** The texts of a page, one after the other. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("\u00a0", " ")
    .replaceAll(/\s+/g, " ");
const section = (html: string, id: string): string =>
  html.split(`<section class="card" id="${id}">`)[1]!.split("</section>")[0]!;

describe("the page", () => {
  it("shows each section with a chart, a table and its measure", () => {
    const html = pageOf(rowsOfQueries("Paid search"));
    for (const id of SECTIONS) {
      const own = section(html, id);
      expect([id, own.includes("<details>"), own.includes('class="note"')]).toEqual([id, true, true]);
      expect([id, (own.match(/data-mark|class="heat/g) ?? []).length > 0]).toEqual([id, true]);
    }
  });

  it("repeats the meaning of colors in words", () => {
    const html = pageOf(rowsOfQueries("Churn rate"));
    expect(textOf(html.split('id="kpi-revenue"')[1]!)).toContain(
      "Revenue $ 15.7k ✓ On track ▲ 18.5 % , better Target $ 11.0k (43.0 % above)",
    );
    expect(textOf(html.split('id="kpi-churn_rate"')[1]!)).toContain(
      "6.5 % of 48 customers ✕ Off track ▲ 23.4 % , worse Target 3.6 %",
    );
    expect(textOf(html.split('id="kpi-ad_spend"')[1]!)).toContain("Ad spend – No month to compare with No target");
    expect(textOf(section(html, "budgets"))).toContain("▲ over");
  });

  it("says plainly whether the forecast is better than the naive one, and what to do if it is not", () => {
    const rows = rowsOfQueries("x");
    const accuracy = (change: object): string => {
      const [all, ...tenths] = rows["forecast_accuracy"]!;
      const html = pageOf({ ...rows, forecast_accuracy: [{ ...all, ...change }, ...tenths] });
      return textOf(section(html, "forecast_accuracy"));
    };
    expect(accuracy({})).toContain(
      "✓ The forecast is better than the naive one. The mean error is 0.80 purchases per customer; the naive forecast, " +
        "that the next 13 weeks are as the last 13 weeks, has 0.90. " +
        "All forecasts together expected 10.0 % too few purchases.",
    );
    expect(accuracy({ naive_error: 0.8 })).toContain(
      "! The forecast is not better than the naive one. The mean error is 0.80 purchases per customer; the naive " +
        "forecast, that the next 13 weeks are as the last 13 weeks, has 0.80. Plan with the purchases of the last 13 weeks " +
        "until it is, and do not use the value of single customers. Fit new parameters with npm run ltv:fit, and look for " +
        "a change of prices, seasons or tracking.",
    );
    expect(accuracy({ naive_error: 0.7, method: "heuristic" })).toContain(
      "No parameters were fitted: run npm run ltv:fit.",
    );
  });

  it("shows the origin and the last day of the data", () => {
    const text = textOf(pageOf(rowsOfQueries("marketing_feature_x")));
    expect(text).toContain(
      "Last complete month Nov 2025 Data up to 31 December 2025 Targets ✓ 1 on track ! 0 at risk ✕ 1 off track " +
        "Warehouse marketing_feature_x on duckdb Last built 31 December 2025, 05:10 UTC",
    );
    expect(text).toContain("Written 22 November 2026, 09:30 UTC");
  });

  const banner = (overview: object): string => {
    const rows = rowsOfQueries("x");
    const html = pageOf({ ...rows, overview: [{ ...rows["overview"]![0], ...overview }] });
    return textOf(/<p class="banner"[^]*?<\/p>/.exec(html)?.[0] ?? "").trim();
  };

  it.each([
    [
      { newest_order_on: "2026-11-14" },
      "! The data are 8 days old. The newest order is of 14 November 2026, and today is 22 November 2026. All figures end there.",
    ],
    [{ newest_order_on: "2026-11-15" }, ""],
    [
      { newest_order_on: "2026-11-15", freshness_max_age_days: 6 },
      "! The data are 7 days old. The newest order is of 15 November 2026, and today is 22 November 2026. All figures end there.",
    ],
    [{ newest_order_on: "2025-12-31", analysis_date: "2026-01-07" }, ""],
    [
      { newest_order_on: "2025-12-31", analysis_date: "2026-01-08" },
      "! The data are 8 days old. The newest order is of 31 December 2025, and today is, by the var analysis_date, 8 January 2026. All figures end there.",
    ],
    [{ newest_order_on: null }, ""],
  ])("warns about old data: %p", (overview, text) => {
    expect(banner(overview)).toBe(text);
  });

  it("shows the age of each platform's newest data, and names the platforms that stopped", () => {
    const rows = rowsOfQueries("x");
    const overview = [{ ...rows["overview"]![0], analysis_date: "2025-12-31" }];
    const banners = (platforms: object[]): string[] =>
      [...pageOf({ ...rows, overview, platforms }).matchAll(/<p class="banner"[^]*?<\/p>/g)].map(([html]) =>
        textOf(html).trim(),
      );
    const platform = (name: string, last_day: string | null, freshness_status: string) => ({
      platform: name,
      last_day,
      freshness_status,
    });
    expect(textOf(pageOf({ ...rows, overview }))).toContain(
      "Age of platform data LinkedIn Ads 1 day, Google Ads 0 days",
    );
    expect(banners(rows["platforms"]!)).toEqual([]);
    expect(
      banners([platform("tiktok_ads", "2025-12-20", "stale"), platform("google_ads", "2025-12-31", "fresh")]),
    ).toEqual([
      "! 1 platform is behind. The newest data of Tiktok ads are of 20 December 2025, 11 days old. Costs and sessions after these days are missing from all figures.",
    ]);
    const missing = [platform("meta_ads", null, "missing"), platform("linkedin_ads", "2025-12-29", "late")];
    expect(banners(missing)).toEqual([
      "! 2 platforms are behind. Meta Ads has no data at all. The newest data of LinkedIn Ads are of 29 December 2025, 2 days old. Costs and sessions after these days are missing from all figures.",
    ]);
    expect(textOf(pageOf({ ...rows, overview, platforms: missing }))).toContain(
      "Age of platform data Meta Ads no data, LinkedIn Ads 2 days",
    );
    expect(textOf(pageOf({ ...rows, platforms: [] }))).not.toContain("Age of platform data");
  });

  it("writes all amounts in the reporting currency", () => {
    const rows = rowsOfQueries("x");
    const html = pageOf({ ...rows, overview: [{ ...rows["overview"]![0], reporting_currency: "EUR" }] });
    expect(textOf(html)).toContain("Revenue € 15.7k");
    expect(textOf(html)).not.toContain("$");
    expect(textOf(pageOf(rows))).toContain("Revenue $ 15.7k");
  });

  it("shows where attribution models differ, with the channel about which they differ most", () => {
    const credit = (attribution_model: string, attribution_channel: string, revenue_share: number) => ({
      attribution_model,
      attribution_channel,
      credited_conversions: 1,
      credited_revenue: 1,
      revenue_share,
    });
    const attribution = [
      credit("first_touch", "email", 60),
      credit("last_touch", "email", 50),
      credit("first_touch", "direct", 40),
      credit("last_touch", "direct", 50),
      credit("markov", "email", 55),
      credit("markov", "direct", 45),
    ];
    const html = section(pageOf({ ...rowsOfQueries("x"), attribution }), "attribution");
    expect(textOf(html)).toContain("They differ most about E-mail: from 50.0 % (Last touch) to 60.0 % (First touch).");
    expect(textOf(html.split("</table>")[0]!)).toMatch(
      /Channel First Last Markov Spread E-mail 60\.0 50\.0 55\.0 10\.0 Direct 40\.0 50\.0 45\.0 10\.0 $/,
    );
    const cells = [...html.matchAll(/class="heat (below)?"\s+style="--heat:(\d+)%"/g)].map(([, below, heat]) => [
      below,
      heat,
    ]);
    const [above, below, mean] = [[undefined, "100"], ["below", "100"], [undefined, "0"]]; // prettier-ignore
    expect(cells).toEqual([above, below, mean, below, above, mean]);
  });

  it("keeps the exact value beside the formatted one", () => {
    expect(pageOf(rowsOfQueries("x"))).toContain('<data value="15731">$\u00a015.7k</data>');
  });

  it("has the same HTML structure for any data", () => {
    // Marks of an axis come and go with the length of names.
    const tags = (html: string): string[] =>
      [...html.matchAll(/<\/?[a-z][^\s>]*/gi)].map(([tag]) => tag).filter((tag) => !tag.endsWith("text"));
    const html = pageOf(rowsOfQueries(HOSTILE));
    expect(tags(html)).toEqual(tags(pageOf(rowsOfQueries("Harmless"))));
    expect(html).not.toMatch(/<script|<img|<[^>]*\sonerror=[^"]*>/i);
    expect(html).toContain("&lt;img src=x onerror=alert(2)&gt;");
  });

  it("has no script, and no URL except those of XML", () => {
    const html = pageOf(rowsOfQueries("Paid search"));
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/<script|<link|@import|\ssrc=|\shref=|url\((?!#)/);
    expect(new Set(html.match(/https?:[^"]*/g))).toEqual(
      new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]),
    );
  });

  it("uses only the style sheet's colors, so that it works in light and dark mode", () => {
    const drawings = pageOf(rowsOfQueries("Paid search"))
      .replaceAll(/<clipPath[^]*?<\/clipPath>/g, "")
      .matchAll(/ (?:fill|stroke)="([^"]*)"/g);
    const colours = new Set([...drawings].map(([, colour]) => colour!.replace(/^var\(.*\)$/, "var")));
    expect([...colours].sort()).toEqual(["none", "var"]);
  });
});

describe("if data is missing", () => {
  it("a section names the source that is off", () => {
    const rows = rowsOfQueries("x");
    delete rows["budgets"];
    delete rows["attribution"];
    rows["overview"] = [{ ...rows["overview"]![0], optional_sources: "ad_spend" }];
    const html = pageOf(rows);
    expect(textOf(section(html, "attribution"))).toContain("Left out, because a source is off: touchpoints.");
    expect(textOf(section(html, "budgets"))).toContain("Left out, because a source is off: budgets.");
    expect(textOf(html)).toContain("Campaign ROI: Left out, because a source is off: touchpoints.");
  });

  it("a section names the missing table if its sources are on", () => {
    const warehouse = new Map(warehouseOf(rowsOfQueries("x")));
    warehouse.set("channels", { query: "channels", missing: ["marketing.channel_performance"], rows: [] });
    expect(missingTables(warehouse)).toEqual([]);
    expect(textOf(section(page(warehouse, WRITTEN), "channels"))).toContain(
      "Left out, because there is no table marketing.channel_performance; it needs a source: ad_spend, meta_ads",
    );
  });

  it("tables that every warehouse has are missing", () => {
    const warehouse = new Map(warehouseOf(rowsOfQueries("x")));
    const missing = ["marketing.executive_kpis", "marketing.executive_summary"];
    warehouse.set("kpis", { query: "kpis", missing, rows: [] });
    warehouse.set("kpi_trends", { query: "kpi_trends", missing: missing.slice(0, 1), rows: [] });
    expect(missingTables(warehouse)).toEqual(missing);
  });

  it("the page says that no month is complete", () => {
    const rows = Object.fromEntries(Object.keys(rowsOfQueries("x")).map((query): [string, object[]] => [query, []]));
    const overview = { ...rowsOfQueries("x")["overview"]![0], period_month: null, data_until: null, built_at: null };
    const text = textOf(pageOf({ ...rows, overview: [overview] }));
    expect(text).toContain("No month is complete yet");
    expect(text).toContain("How far people come, from the first touch to loyalty No rows yet.");
  });
});

describe("a row", () => {
  const columns = Object.entries(rowsOfQueries("x")).flatMap(([query, [first]]) =>
    Object.keys(first!).map((column) => [query, column] as const),
  );
  /** The page of a warehouse whose other queries are empty, after a change to the first row of this one. */
  const pageWith = (query: string, change: (row: Record<string, unknown>) => void) => (): string => {
    const full = rowsOfQueries("x");
    change(full[query]![0] as Record<string, unknown>);
    const read = ["overview", query, ...(query === "abc_categories" ? ["products"] : [])];
    return pageOf(
      Object.fromEntries(Object.entries(full).map(([name, rows]) => [name, read.includes(name) ? rows : []])),
    );
  };

  it.each(columns)("of the query %s without %s is an error that names both", (query, column) => {
    expect(pageWith(query, (row) => Reflect.deleteProperty(row, column))).toThrow(
      new RegExp(
        `^dbt/analyses/dashboard/${query}\\.sql: the column ${column} is missing\n` +
          `  got:     .*\n  allowed: ${column}: (?:a|one of) .*\n  fix:     name the column ${column} in this query, or `,
      ),
    );
  });

  it("with a wrong value is an error with the allowed values", () => {
    const error = (query: string, column: string, value: unknown) => pageWith(query, (row) => (row[column] = value));
    expect(error("funnel", "people", "7")).toThrow(
      'dbt/analyses/dashboard/funnel.sql: the column people has a wrong value\n  got:     "7"\n  allowed: people: a number\n',
    );
    expect(error("kpis", "target", "7")).toThrow("allowed: target: a number or null\n");
    expect(error("kpis", "status", "good")).toThrow("allowed: status: one of on_track, at_risk, off_track or null\n");
    expect(error("cohorts", "is_complete", null)).toThrow("got:     null\n  allowed: is_complete: a boolean\n");
  });

  it("can have more columns than the page reads", () => {
    expect(pageWith("funnel", (row) => (row["added"] = 1))).not.toThrow();
  });
});

it("every KPI has a card, except ROAS by model, which is in the table", () => {
  const seed = readFileSync(join(__dirname, "../../../dbt/seeds/kpi_definitions.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  const names = seed.map((line) => line.split(",")[0]!);
  const rows = rowsOfQueries("x");
  rows["kpis"] = names.map((kpi_name) => ({ ...rows["kpis"]![0], kpi_name }));
  const cards = [...pageOf(rows).matchAll(/id="kpi-(\w+)"/g)].map(([, name]) => name!);
  expect(cards.sort()).toEqual(names.filter((name) => !name.startsWith("roas_")).sort());
});

it("reads the results from dbt's log file", () => {
  const result = '{"query": "funnel", "missing": [], "rows": [{"people": 1.0}]}';
  const events = [{ data: {} }, { data: { msg: "Some warning" } }, { data: { msg: result } }, {}];
  const log = `${events.map((event) => JSON.stringify(event)).join("\n")}\nno event\n`;
  expect([...resultsOf(log)]).toEqual([["funnel", { query: "funnel", missing: [], rows: [{ people: 1 }] }]]);
});

it("names a dbt that writes no log file", () => {
  const read = () => readWarehouse({ program: "true", project: ".", options: [], env: process.env });
  expect(read).toThrow(/^true ended with 0, but wrote no \S+dbt\.log; use a dbt that takes --log-path$/);
});
