import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { DbtFolder, missingDbt, ROOT, type DbtRun } from "../../dbt/dbt";
import { python } from "../../dbt/python";
import { copyShippedWarehouse } from "../../dbt/warehouses";
import { itIf } from "../../support/requirement";

const BROWSER = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const itWithDbt = itIf(missingDbt);
const itInBrowser = itIf(missingDbt ?? (BROWSER === undefined ? "Chromium is not installed" : undefined));
const folder = new DbtFolder();
const file = join(folder.path, "page.html");
const LAST_MONTH = "(select max(period_month) from marketing.executive_kpis)";

/** `npm run dashboard` in the test's folder. */
function dashboard(args: readonly string[], env: Readonly<Record<string, string>> = {}): DbtRun {
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["--prefix", ROOT, "run", "--silent", "dashboard", "--", ...args],
    {
      cwd: folder.path,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
        DBT_TARGET_PATH: folder.target,
        DBT_LOG_PATH: join(folder.path, "logs"),
        MARKETING_DUCKDB_PATH: folder.warehouse,
        ...env,
      },
    },
  );
  return { status, output: `${stdout}${stderr}` };
}

/** The rows of a query of the warehouse. */
function queried(sql: string): unknown[][] {
  const { status, stdout, stderr } = python("src/rehearsal/duckdb_rows.py", folder.warehouse, sql);
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as unknown[][][])[0]!;
}

/** The command's output for a missing file, an empty file, and a built warehouse. */
let withoutFile: DbtRun, empty: DbtRun, written: DbtRun;
beforeAll(() => {
  if (missingDbt !== undefined) return;
  withoutFile = dashboard([]);
  expect(existsSync(folder.warehouse)).toBe(false);
  expect(python("-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", folder.warehouse)).toMatchObject({
    status: 0,
  });
  empty = dashboard([]);
  expect(copyShippedWarehouse(folder)).toMatchObject({ status: 0 });
  written = dashboard(["--output", "page.html"]);
});
afterAll(() => {
  folder.remove();
});

/** Figures of a section's table against those of the marts, row by row: which of its columns of figures, and the query. */
const FIGURES: readonly (readonly [section: string, columns: readonly number[], sql: string])[] = [
  [
    "attribution",
    [0, 1],
    `select 100 * credited_revenue / sum(credited_revenue) over (partition by attribution_model), credited_revenue
     from marketing.attribution_by_channel
     order by sum(case when attribution_channel <> 'unattributed' then credited_revenue end)
       over (partition by attribution_channel) desc nulls last, attribution_model`,
  ],
  [
    "channels",
    [0, 1, 2],
    "select spend, attributed_revenue, roas from marketing.channel_performance order by 1 desc, 2 desc",
  ],
  [
    "budgets",
    [0, 1, 4],
    "select spend, budget, pacing from marketing.budget_performance where month = '2025-12-01' order by budget desc",
  ],
  [
    "funnel",
    [0, 1, 3],
    `with people as (
       select stage_number, attribution_channel = 'unattributed' as is_untouched, sum(users) as users
       from marketing.customer_acquisition_funnel group by all)
     select touched.users, coalesce(untouched.users, 0), 100.0 * touched.users / max(touched.users) over ()
     from (select * from people where not is_untouched) as touched
     left join (select * from people where is_untouched) as untouched using (stage_number)
     order by stage_number`,
  ],
  [
    "lifetime_value",
    [0, 3, 4],
    `select sum(customers), sum(value_to_date) / sum(customers), sum(predicted_value_52w) / sum(customers)
     from marketing.unit_economics where cohort_month > '2024-12-01'
     group by acquisition_channel having sum(customers) >= 5 order by 1 desc, acquisition_channel`,
  ],
  [
    "churn",
    [0, 3],
    `select count(*), sum(predicted_value_52w) from marketing.customer_ltv where churn_risk is not null
     group by churn_risk order by avg(churn_probability) desc`,
  ],
  [
    "forecast_accuracy",
    [0, 1, 2],
    `select sum(customers), sum(predicted_purchases), sum(actual_purchases) from marketing.ltv_model_performance
     where forecast = 'model' group by decile order by decile`,
  ],
  [
    "segments",
    [0, 2, 3],
    `select count(*), sum(total_revenue)::double, 100 * sum(total_revenue)::double / sum(sum(total_revenue)) over ()
     from marketing.customer_segmentation group by customer_segment order by 2 desc`,
  ],
  [
    "cohorts",
    [0, 1],
    `select cohort_size, retention_rate from marketing.customer_cohorts
     where cohort_month >= '2024-12-01' and months_since_first_purchase <= 12 order by cohort_month, activity_month`,
  ],
  [
    "products",
    [0],
    `select total_revenue from marketing.product_performance where revenue_rank <= 20
     union all select sum(total_revenue) from marketing.product_performance where revenue_rank > 20 order by 1 desc`,
  ],
];

describe("the page of the shipped data", () => {
  itWithDbt.each(FIGURES)("has the marts' figures in the section %s", (section, columns, sql) => {
    const html = readFileSync(file, "utf8").split(`id="${section}"`)[1]!.split("<details>")[1]!.split("</details>")[0]!;
    const rows = html.split("<tr>").slice(2);
    const shown = rows.map((row) => {
      const cells = [...row.matchAll(/<td class="figure">(?:<data value="([^"]*)">)?/g)].map(([, value]) => value);
      return columns.map((column) => (cells[column] === undefined ? null : Number(cells[column])));
    });
    const expected = queried(sql).map((row) =>
      row.map((value) => (value === null ? null : (expect.closeTo(Number(value), 6) as unknown))),
    );
    expect(expected.length).toBeGreaterThan(1);
    expect(shown).toEqual(expected);
  });

  itWithDbt("has a card for each KPI of the last complete month, with its value", () => {
    const html = readFileSync(file, "utf8");
    const kpis = queried(
      `select kpi_name, value from marketing.executive_kpis where period_month = ${LAST_MONTH} and kpi_name not like 'roas%'`,
    );
    expect(kpis.length).toBe(21);
    const shown = kpis.map(([name]) => {
      const card = html.split(`id="kpi-${String(name)}"`)[1]!.split('id="kpi-')[0]!;
      const value = /<p class="value"><data value="([^"]*)"/.exec(card)?.[1];
      return [name, value === undefined ? null : Number(value)];
    });
    expect(shown).toEqual(kpis);
  });
});

describe("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    if (missingDbt !== undefined || BROWSER === undefined) return;
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: BROWSER, args });
  });
  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
  });

  /** Opens the page and returns what the browser complains about or asks for. */
  async function open(page: Page): Promise<string[]> {
    const found: string[] = [];
    page.on("pageerror", (error) => found.push(error.message));
    page.on("console", (message) => found.push(message.text()));
    page.on("request", (request) => found.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return found;
  }

  itInBrowser.each([
    [1280, "light", "wide"],
    [1280, "dark", "wide"],
    [390, "light", "narrow"],
    [390, "dark", "narrow"],
  ] as const)(
    "at %d pixels and %s it fits, asks for nothing, and shows every chart",
    async (width, colorScheme, drawn) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      expect(await open(page)).toEqual([pathToFileURL(file).href]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      const ids: string[] = await page.evaluate("[...document.querySelectorAll('section.card')].map(({ id }) => id)");
      expect(ids.sort()).toEqual(FIGURES.map(([section]) => section).sort());
      for (const id of ids) {
        const marks = page.locator(`#${id} :is([data-mark], .heat)`).filter({ visible: true });
        expect([id, (await marks.count()) > 2]).toEqual([id, true]);
      }
      const charts = page.locator(".chart").filter({ visible: true });
      // The sections attribution and cohorts are tables.
      expect(await charts.count()).toBe(ids.length - 2);
      expect(await page.locator(`.chart.${drawn}`).filter({ visible: true }).count()).toBe(ids.length - 2);
      const cut = `[...document.querySelectorAll("svg text")].filter((text) => {
      const { left, right, width } = text.getBoundingClientRect();
      return width > 0 && (left < 0 || right > innerWidth);
    }).map((text) => text.textContent)`;
      expect(await page.evaluate(cut)).toEqual([]);
      const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(background).toBe(colorScheme === "light" ? "rgb(244, 245, 247)" : "rgb(17, 21, 27)");
      await page.close();
    },
  );
});

describe("the command", () => {
  itWithDbt("prints the file, its size and the duration", () => {
    expect(written).toEqual({
      status: 0,
      output: expect.stringMatching(/\/page\.html {2}\d+ kB {2}[\d.]+ s\n$/) as string,
    });
  });

  itWithDbt("asks for a warehouse if there is none, and creates no file", () => {
    expect(withoutFile).toEqual({
      status: 1,
      output: expect.stringContaining(
        `there is no warehouse in ${folder.warehouse}\n  fix: npm run warehouse`,
      ) as string,
    });
  });

  itWithDbt("names the missing tables", () => {
    expect(empty.status).toBe(1);
    const [, tables] = /there is no (.*)\n {2}fix: npm run warehouse/.exec(empty.output) ?? [];
    expect(tables?.split(", ")).toEqual(
      [
        "customer_acquisition_funnel",
        "customer_cohorts",
        "customer_ltv",
        "customer_segmentation",
        "dbt_invocations",
        "executive_kpis",
        "executive_summary",
        "ltv_model_performance",
        "orders",
        "product_performance",
        "unit_economics",
      ].map((table) => `marketing.${table}`),
    );
  });

  itWithDbt("refuses a wrong argument, with its usage", () => {
    const { status, output } = dashboard(["--targte", "redshift"]);
    expect(status).toBe(64);
    expect(output).toMatch(/Unknown option '--targte'[^]*npm run dashboard -- /);
  });
});
