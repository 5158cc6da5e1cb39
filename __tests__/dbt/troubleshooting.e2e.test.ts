import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks, documentation } from "../support/documentation";
import { itIf } from "../support/requirement";
import { shippedEnvironment } from "../support/synthesis";
import { DbtFolder, missingDbt, type DbtRun, type Manifest } from "./dbt";
import { python } from "./python";
import { copyShippedWarehouse, expectRows } from "./warehouses";

const itWithDbt = itIf(missingDbt);
const page = documentation("troubleshooting.md");
const commands = codeBlocks(page, "bash").flatMap((block) => block.split("\n"));
const queries = codeBlocks(page, "sql");
const tests = commands.flatMap((command) => command.split(" ").slice(3));
const production = shippedEnvironment("production");
const settings = production.environment_variables;
const folder = new DbtFolder();
const built = join(folder.path, "built.duckdb");

beforeAll(() => {
  if (missingDbt !== undefined) return;
  expect(copyShippedWarehouse(folder)).toMatchObject({ status: 0 });
  copyFileSync(folder.warehouse, built);
});
afterAll(() => {
  folder.remove();
});

it("has queries and tests for each of the three complaints", () => {
  const parts = page.split(/^## /m).slice(1);
  expect(parts).toHaveLength(3);
  for (const part of parts)
    expect(part).toMatch(/```sql[\s\S]*```bash\ndbt test --select |```bash\ndbt test --select [\s\S]*```sql/);
});

itWithDbt("names existing tests, and all of them pass with the shipped data", () => {
  const { status, output } = folder.run(["test", "--select", ...tests], settings);
  expect({ status, end: output.slice(-2000) }).toMatchObject({ status: 0 });
  const { nodes } = folder.json("manifest.json") as Manifest;
  const known = Object.values(nodes).map(({ name }) => name);
  expect(tests.filter((name) => !known.includes(name))).toEqual([]);
  expect(output).toContain(` ${new Set(tests).size} data tests in `);
});

itWithDbt.each(queries.map((query) => [query.split("\n").slice(0, 2).join(" "), query]))(
  "%s … returns rows",
  (name, query) => {
    expectRows(folder.warehouse, name, query);
  },
);

/** Plants faults into the sources of a copy of the built warehouse. */
function plant(...statements: readonly string[]): void {
  copyFileSync(built, folder.warehouse);
  const execute = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(f'use dbt_production; {sys.argv[2]}')";
  expect(python("-c", execute, folder.warehouse, statements.join("; "))).toMatchObject({ status: 0, stderr: "" });
}

/** Steps of production jobs, as the env file has them. */
function steps(...selected: readonly (readonly [job: string, step: RegExp])[]): DbtRun[] {
  const texts = selected.map(([job, pattern]) =>
    production.jobs[job]!.execute_steps.find((step) => pattern.test(step))!,
  );
  return folder.runAll(texts.map((step) => step.split(" ").slice(1)), settings); // prettier-ignore
}

/** The models and tests that failed. */
const failed = ({ output }: DbtRun): string[] =>
  [...output.matchAll(/(?:Failure|Error) in \w+ (\w+)/g)].map(([, name]) => name!).sort();

/** The log messages in the page's table. */
const said = (fault: string): string[] => {
  const line = page.split("\n").find((text) => text.startsWith(`| ${fault}`))!;
  return [...line.split("|")[3]!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
};

describe("the documented job reports a planted fault with its cause:", () => {
  itWithDbt("a late platform and costs that were not imported", () => {
    plant(
      "delete from meta_ads_insights where date_start > '2025-12-27'",
      "delete from google_ads_campaign_stats where segments_date = '2025-12-29'",
    );
    const [campaigns, monitoring] = steps(["campaign-performance", /build/], ["critical-tests", /monitoring/]);
    expect([campaigns!.status, failed(campaigns!)]).toEqual([0, []]);
    expect([monitoring!.status, failed(monitoring!)]).toEqual([1, ["platform_is_stale", "source_is_missing"]]);
    for (const message of [...said("a platform stopped"), ...said("costs of a day")])
      expect(monitoring!.output).toContain(message);
  });

  itWithDbt("touches that were loaded twice", () => {
    plant("insert into touchpoints select * from touchpoints where touchpoint_id in (5, 6, 7)");
    const [attribution, executive] = steps(["attribution", /build/], ["executive-dashboard", /test/]);
    expect([attribution!.status, failed(attribution!)]).toEqual([1, ["stg_touchpoints_duplicate_events"]]);
    for (const message of said("touches were loaded twice")) expect(attribution!.output).toContain(message);
    expect(attribution!.output).toMatch(/SKIP relation marketing\.attribution_touch_credits/);
    expect([executive!.status, failed(executive!)]).toEqual([0, []]);
  });

  itWithDbt("credits of a job with another window", () => {
    plant("update marketing.attribution_touch_credits set attribution_window_days = 7");
    const [critical, executive] = steps(["critical-tests", /critical/], ["executive-dashboard", /test/]);
    expect([critical!.status, failed(critical!)]).toEqual([1, ["attribution_window_is_that_of_this_job"]]);
    for (const message of said("two jobs have")) expect(critical!.output).toContain(message);
    expect(executive!.status).toBe(0);
  });

  itWithDbt("a missing table of a source", () => {
    plant("comment on table orders is null", "drop table linkedin_campaigns");
    const [campaigns] = steps(["campaign-performance", /build/]);
    expect(campaigns!.status).not.toBe(0);
    const [missing, source, fix] = said("a table of a source");
    for (const text of [missing!, fix!]) expect(campaigns!.output).toContain(text);
    expect(campaigns!.output).toMatch(new RegExp(`${fix!}: .*\\{${fix!}: \\[(?!.*${source!})`));
  });

  itWithDbt("a window that is not a number of days", () => {
    const build = production.jobs["attribution"]!.execute_steps.at(-1)!;
    const { status, output } = folder.run(build.split(" ").slice(1), { DBT_ATTRIBUTION_WINDOW_DAYS: "abc" });
    expect(status).toBe(2);
    for (const message of said("the window is not")) expect(output).toContain(message);
  });

  itWithDbt("sources that are no longer loaded", () => {
    const tables = ["sendgrid_events", "mailchimp_activity", "automation_events", "google_analytics_sessions"];
    plant(...tables.map((table) => `comment on table ${table} is null`));
    const [freshness] = steps(["critical-tests", /freshness/]);
    expect(freshness!.status).toBe(1);
    const stale = [...freshness!.output.matchAll(/ERROR STALE freshness of dbt_production\.(\w+)/g)];
    expect(stale.map(([, table]) => table!).sort()).toEqual([...tables].sort());
  });

  itWithDbt("an unmapped status, which only warns", () => {
    plant("update orders set status = 'lost' where id = 1");
    const selected = ["orders_unknown_status", "ltv_is_the_value_of_customers"];
    const { status, output } = folder.run(["test", "--select", ...selected], settings);
    expect(status).toBe(0);
    expect(output).toMatch(/WARN 1 orders_unknown_status/);
  });
});
