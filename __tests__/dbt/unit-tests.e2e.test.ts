import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, ROOT } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

describe("unit tests", () => {
  itWithDbt("pass with a source whose numbers have two decimals", () => {
    const table =
      "create schema dbt_production; create table dbt_production.ad_spend (" +
      "date_day date, platform varchar, campaign_id varchar, impressions integer, clicks integer, spend decimal(18, 2))";
    const create = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])";
    expect(python("-c", create, folder.warehouse, table)).toMatchObject({ status: 0, stderr: "" });
    const select = ["--select", "stg_ad_spend,test_type:unit"];
    const { status, output } = folder.run(["test", ...select, "--vars", "{optional_sources: [ad_spend]}"]);
    expect(status === 0 ? "" : output.slice(-3000)).toBe("");
    expect(output).toMatch(/ PASS stg_ad_spend::/);
  });

  itWithDbt.each([[[]], [["google_analytics"]]])(
    "are off when a source of their inputs is off; on: %j",
    (optional_sources) => {
      expect(folder.run(["parse", "--quiet", "--vars", JSON.stringify({ optional_sources })])).toMatchObject({
        status: 0,
      });
      const { nodes, sources, unit_tests } = folder.json("manifest.json") as Record<
        "nodes" | "sources" | "unit_tests",
        Record<string, { name: string; model?: string; given?: readonly { input: string }[] }>
      >;
      const names = new Set([...Object.values(nodes), ...Object.values(sources)].map(({ name }) => name));
      const missing = Object.values(unit_tests).flatMap(({ name, given }) =>
        given!
          .flatMap(({ input }) => (input === "this" ? [] : /'(\w+)'\)$/.exec(input)!.slice(1)))
          .filter((input) => !names.has(input))
          .map((input) => `${name} needs ${input}`),
      );
      expect(Object.keys(unit_tests).length).toBeGreaterThan(90);
      expect(missing).toEqual([]);
    },
  );

  it.each(["dev", "staging", "prod"])("do not gate the jobs of %s", (name) => {
    const file = parse(readFileSync(join(ROOT, "environments", `${name}.yaml`), "utf8")) as {
      environment_variables?: Record<string, string>;
      jobs: Record<string, { execute_steps: string[] }>;
    };
    const builds = Object.values(file.jobs)
      .flatMap(({ execute_steps }) => execute_steps)
      .filter((step) => step.startsWith("dbt build"));
    expect(builds.length).toBeGreaterThan(2);
    if (file.environment_variables?.["DBT_EXCLUDE_RESOURCE_TYPES"] === "unit_test") return;
    expect(builds.filter((step) => !step.endsWith(" --exclude-resource-type unit_test"))).toEqual([]);
  });
});
