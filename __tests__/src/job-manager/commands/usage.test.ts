import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runsOf, type Run } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { usage } from "../../../../src/job-manager/commands/usage";
import { envFile, jobData, type Overrides } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf, type RunWish } from "../../../support/run-rows";
import { bench, personEnv } from "../../../support/work-on-branch";

const NOW = new Date("2026-01-21T12:00:00Z");
const jobs = (): Overrides => ({
  marts: jobData({ schedule: { at: ["05:00"] } }),
  reports: jobData({ schedule: { at: ["06:00"] }, owner: "reporting" }),
});

let cloud: ListeningCloud;
let cache: string;
let ids: Record<string, number>;
beforeEach(async () => {
  cloud = await openCloud(undefined, NOW);
  cache = mkdtempSync(join(tmpdir(), "usage-"));
  ids = Object.fromEntries(["marts", "reports", "others"].map((key) => [key, add(key)]));
});
afterEach(async () => {
  await cloud.close();
  rmSync(cache, { recursive: true });
});

function add(key: string): number {
  return addJob(cloud.world, { name: `marketing-team-${key}-production`, environment_id: 302 }).id;
}

type Result = readonly [node: string, status: string, seconds: number];

function addRunAt(key: string, day: number, results: readonly Result[], wish: RunWish & { which?: string } = {}): Run {
  const { which = "build", ...more } = wish;
  const text = JSON.stringify({
    metadata: { invocation_id: `${key} ${day}` },
    args: { which },
    results: results.map(([unique_id, status, execution_time]) => ({ unique_id, status, execution_time })),
  });
  const run = addRunOf(cloud.world, ids[key]!, { steps: [[`dbt ${which}`, 10]], results: text, ...more });
  const at = (hour: string): string => timestamp(new Date(`2026-01-${String(day).padStart(2, "0")}T${hour}:00Z`));
  return runsOf(cloud.world).put({
    ...run,
    created_at: at("05:00"),
    started_at: at("05:00"),
    finished_at: at("05:30"),
  });
}

/** Two models and a test of marts on ten days, one model of reports, and a run of a job that no file has. */
function tenDays(): Run[] {
  const runs = Array.from({ length: 10 }, (_, i) =>
    addRunAt("marts", 11 + i, [
      ["model.p.orders", "success", 10 + (i >= 5 ? 10 : 0)],
      ["model.p.customers", i === 0 ? "error" : "success", 5],
      ["test.p.unique", i === 4 ? "fail" : "pass", 1],
      ["test.p.fine", "pass", 1],
      ["seed.p.rules", "success", 1],
    ]),
  );
  addRunAt("reports", 20, [["model.p.summary", "success", 3]]);
  addRunAt("reports", 19, [["model.p.summary", "success", 3]], { which: "compile", steps: [["dbt compile", 10]] });
  addRunAt("others", 20, [["model.p.orders", "success", 30]], { by: "api" });
  return runs;
}

async function report(options: Partial<Parameters<typeof usage>[0]> = {}): Promise<CommandResult> {
  const files = [join(envFolder({ "prod.yaml": envFile({ jobs: jobs() }) }), "prod.yaml")];
  const env = { ...personEnv(cloud), XDG_CACHE_HOME: cache };
  return usage({ files, days: 30, ...options }, bench(env, { now: NOW }));
}

describe("the use", () => {
  it("has successful models only, the seconds of all nodes, and a forecast of the month", async () => {
    tenDays();
    const { json, text } = await report({ allowance: 50 });
    // marts: 10 + 9 models; reports: 1; the other job: 1. Ahead are ten mornings, with 1.9 models of marts and 0.5 of reports,
    // and 10.5 days with a thirtieth of the other job's model.
    expect(json).toMatchObject({
      month: { built: 21, allowance: 50, unknown: [] },
      jobs: [
        { key: "marts", owner: "marketing-data-engineering", runs: 10, models: 19, seconds: 230 },
        { key: null, owner: null, runs: 1, models: 1, seconds: 30 },
        { key: "reports", owner: "reporting", runs: 2, models: 1, seconds: 3 },
      ],
      owners: [{ owner: "marketing-data-engineering", models: 19 }, { owner: null }, { owner: "reporting", models: 1 }],
    });
    const { month } = json as { month: { forecast: number; exceeded_on: string | null } };
    expect(month.forecast).toBeCloseTo(21 + 10 * (1.9 + 0.5) + 10.5 / 30, 5);
    expect(month.exceeded_on).toBeNull();
    expect(text).toContain("Models built in 2026-01: 21 so far, 45 of 50 (91 %) expected in the whole month");
  });

  it("has the slow models with their trend, the tests that flap, and the runs in progress by hour", async () => {
    tenDays();
    const { json } = await report();
    expect(json).toMatchObject({
      slowest: [
        { model: "model.p.orders", runs: 11, seconds: 180 },
        { model: "model.p.customers", runs: 9, seconds: 45, p50_seconds: 5, trend_percent: null },
        { model: "model.p.summary", runs: 1 },
      ],
      tests: {
        flapping: [{ test: "test.p.unique", runs: 10, failures: 1, changes: 2 }],
        always_passed: ["test.p.fine"],
      },
    });
    const { slots, slowest } = json as { slots: { hours: number[] }[]; slowest: { trend_percent: number }[] };
    // 13 half hours of runs in 30 days.
    expect(slots[0]!.hours[5]).toBeCloseTo((13 * 0.5) / 30, 5);
    expect(slots[0]!.hours.filter((share) => share > 0)).toHaveLength(1);
    expect(slowest[0]!.trend_percent).toBe(100);
  });

  it("reads the results of a run once, and only the damaged line again", async () => {
    tenDays();
    const first = await report();
    const reads = (): number => cloud.requests.filter((line) => line.includes("/artifacts/")).length;
    const before = reads();
    expect(before).toBeGreaterThan(0);
    expect((await report()).json).toEqual(first.json);
    expect(reads()).toBe(before);
    const name = readdirSync(join(cache, "dbt-job-manager")).find((one) => one.startsWith("results"))!;
    const file = join(cache, "dbt-job-manager", name);
    truncateSync(file, readFileSync(file).length - 5);
    expect((await report()).json).toEqual(first.json);
    expect(reads()).toBeLessThanOrEqual(before + 1);
  });

  it("compares two runs node by node", async () => {
    const runs = tenDays();
    const compare = [String(runs[0]!.id), String(runs[9]!.id)];
    const { json, text } = await report({ compare });
    expect(json).toMatchObject({
      comparison: {
        nodes: [
          { node: "model.p.customers", status_before: "error", status_after: "success" },
          { node: "model.p.orders", seconds_before: 10, seconds_after: 20 },
          {},
          {},
          {},
        ],
      },
    });
    expect(text).toContain(`Run ${compare[1]} compared with run ${compare[0]}`);
    await expect(report({ compare: ["7"] })).rejects.toThrow("write the ids of two runs");
  });

  it("shows what a changed schedule saves", async () => {
    tenDays();
    const changed = { ...jobs(), marts: jobData({ schedule: { at: ["05:00"], days: ["monday"] } }) };
    const change = join(envFolder({ "prod.yaml": envFile({ jobs: changed }) }), "prod.yaml");
    const { json } = await report({ change });
    // 30 days from Wednesday 21 January have four Mondays.
    const { saved_models } = (json as { change: { saved_models: number } }).change;
    expect(saved_models).toBeCloseTo(26 * 1.9, 5);
  });

  it("is empty without runs, and names the jobs that the forecast does not know", async () => {
    const { json, text } = await report();
    expect(json).toMatchObject({ month: { built: 0, forecast: 0, unknown: ["marts", "reports"] }, jobs: [] });
    expect(text).toContain("Not in the forecast, without a known run: marts, reports");
  });
});
