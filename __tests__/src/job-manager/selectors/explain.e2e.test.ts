import { chmodSync } from "node:fs";
import { join } from "node:path";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { explain } from "../../../../src/job-manager/commands/explain";
import { outputSchema, RESULTS, type ResultOf } from "../../../../src/job-manager/output/result-schemas";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { bench, personEnv } from "../../../support/work-on-branch";

const NOW = new Date("2026-01-09T12:00:00Z");

function node(id: string, reads: readonly string[] = [], more: object = {}): [string, object] {
  const [type, , ...names] = id.split(".");
  return [
    id,
    { unique_id: id, resource_type: type, name: names.at(-1), depends_on: { nodes: reads }, config: {}, ...more },
  ];
}

/**
 * A source, an ephemeral model of it, a table, twelve tables that read the table, a test, a dashboard, and a report that reads only a
 * metric.
 */
const MARTS = Array.from({ length: 12 }, (_, i) => `model.shop.mart_number_${i + 10}`);
const MANIFEST = {
  sources: Object.fromEntries([node("source.shop.raw.clicks", [], { source_name: "raw" })]),
  nodes: Object.fromEntries([
    node("model.shop.stg_clicks", ["source.shop.raw.clicks"], { config: { materialized: "ephemeral" } }),
    node("model.shop.orders", ["model.shop.stg_clicks"]),
    node("test.shop.unique_orders", ["model.shop.orders"]),
    ...MARTS.map((id) => node(id, ["model.shop.orders"])),
  ]),
  semantic_models: Object.fromEntries([node("semantic_model.shop.sales", [MARTS[1]!])]),
  metrics: Object.fromEntries([
    node("metric.shop.revenue", ["semantic_model.shop.sales"]),
    node("metric.shop.double_revenue", ["metric.shop.revenue"]),
  ]),
  exposures: Object.fromEntries([
    node("exposure.shop.board", [MARTS[0]!], { label: "The board" }),
    node("exposure.shop.report", ["metric.shop.double_revenue"], { label: "The report" }),
  ]),
};

/** What the steps of the jobs select. */
const SELECTED = {
  "tag:core": ["model.shop.stg_clicks", "model.shop.orders", "test.shop.unique_orders"],
  "tag:marts": MARTS,
};

/** A dbt that knows the shop and answers `dbt list`. */
const DBT = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const target = args[args.indexOf("--target-path") + 1];
mkdirSync(target, { recursive: true });
writeFileSync(target + "/manifest.json", ${JSON.stringify(JSON.stringify(MANIFEST))});
const selected = ${JSON.stringify(SELECTED)}[args[args.indexOf("--select") + 1]];
for (const unique_id of selected) console.log(JSON.stringify({ unique_id }));
`;

const JOBS = {
  core: jobData({
    description: "Builds the orders",
    owner: "data team",
    schedule: { at: ["05:00"] },
    execute_steps: ["dbt build --select tag:core"],
  }),
  marts: jobData({
    schedule: { at: ["06:00"] },
    expects: ["core"],
    execute_steps: ["dbt build --select tag:marts"],
  }),
  checks: jobData({ run_after: { job: "core" }, execute_steps: ["dbt test --select tag:core"] }),
};

let cloud: ListeningCloud;
let folder: string;
beforeEach(async () => {
  cloud = await openCloud(undefined, NOW);
  const env = envFile({ jobs: JOBS, timezone: "Europe/Berlin" });
  folder = envFolder({ "environments/prod.yaml": env, "dbt/dbt_project.yml": "name: shop", "bin/dbt": DBT });
  chmodSync(join(folder, "bin/dbt"), 0o755);
});
afterEach(() => cloud.close());

/** Runs `explain` for a job of the shop. */
function explained(
  key: string,
  { env = personEnv(cloud), program = join(folder, "bin/dbt") } = {},
): Promise<CommandResult> {
  const config = join(folder, "environments/prod.yaml");
  return explain(
    { key, config, project: folder, program },
    bench({ ...env, PATH: process.env["PATH"]! }, { now: NOW }),
  );
}

function addRuns(key: string, minutes: readonly number[], status: 10 | 20 = 10): void {
  const { id } = addJob(cloud.world, { name: `marketing-team-${key}-production`, environment_id: 302 });
  for (const taken of minutes) {
    const run = addRunOf(cloud.world, id, { status });
    const [from, to] = [
      new Date("2026-01-08T05:00:00Z"),
      new Date(Date.parse("2026-01-08T05:00:00Z") + taken * 60_000),
    ];
    const times = { created_at: timestamp(from), started_at: timestamp(from), finished_at: timestamp(to) };
    runsOf(cloud.world).put({ ...run, ...times });
  }
}

describe("explain", () => {
  it("shows on one screen what a job builds, reads and feeds, its next runs and its duration", async () => {
    addRuns("core", [10, 10, 10, 30]);
    const { exitCode, text, json } = await explained("core");
    expect(text.split("\n")).toEqual([
      "core in production",
      "Builds the orders",
      "",
      "Owner        data team, attribution",
      "Steps        dbt build --select tag:core",
      "Schedule     At 05:00 UTC; in brackets: Europe/Berlin",
      "             next: 2026-01-10 05:00 UTC (Sat 06:00)",
      "             then: 2026-01-11 05:00 UTC (Sun 06:00)",
      "Takes        10:00 (half of the runs), 30:00 (95 of 100); 4 successful runs in",
      "             30 days",
      "Builds       1 table: orders",
      "Tests        1 data test",
      "Sources      raw.clicks",
      "Is read      by marts: orders",
      "             by checks: orders",
      "Jobs after   marts (expects this job)",
      "             checks (starts after success of this job)",
    ]);
    expect(exitCode).toBe(0);
    expect(outputSchema(RESULTS.explain).safeParse({ version: 1, ok: true, result: json }).error).toBeUndefined();
    expect(json).toMatchObject({
      dbt: { builds: [{ name: "orders", type: "model" }], sources: ["raw.clicks"], tests: 1 },
      duration: { runs: 4, p50_seconds: 600, p95_seconds: 1800 },
    });
  });

  it("fits long lists into two lines, and leaves them whole in JSON", async () => {
    const { text, json } = await explained("marts");
    const lines = text.split("\n");
    const builds = lines.findIndex((line) => line.startsWith("Builds"));
    expect(lines.slice(builds, builds + 3)).toEqual([
      "Builds       12 tables: mart_number_10, mart_number_11, mart_number_12,",
      "             mart_number_13, mart_number_14, mart_number_15 and 6 more",
      "Tests        none",
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toContain("Reads        from core: orders");
    expect(lines).toContain("Exposures    The board; The report");
    expect(lines).toContain("Jobs before  core (expected earlier on the same day)");
    const { dbt } = json as ResultOf<"explain">;
    expect(dbt!.builds).toHaveLength(12);
    expect(dbt!.reads).toEqual([{ name: "orders", built_by: ["core"] }]);
  });

  it("says why it does not know a duration", async () => {
    const takes = async (key: string, env?: Record<string, string>): Promise<string> =>
      /^Takes +(.*(?:\n {13}.*)*)/m.exec((await explained(key, { env })).text)![1]!.replace(/\n +/g, " ");
    expect(await takes("core")).toBe("not known: the job is not deployed");
    addRuns("core", [10], 20);
    expect(await takes("core")).toBe("not known: no run succeeded in the last 30 days");
    const { DBTCLOUD_TOKEN: _, ...env } = personEnv(cloud);
    expect(await takes("core", env)).toMatch(/^not known: DBTCLOUD_TOKEN: /);
  });

  it("says why dbt cannot resolve the steps, and shows the rest", async () => {
    const { exitCode, text, json } = await explained("core", { program: "/no/dbt" });
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^Builds +not known: \/no\/dbt does not start/m);
    expect(text).toContain("Jobs after   marts (expects this job)");
    expect(json).toMatchObject({ dbt: null, dbt_unknown: expect.stringContaining("/no/dbt") as string });
  });

  it("refuses a key that the file does not have", async () => {
    await expect(explained("cor")).rejects.toThrow("core");
  });
});
