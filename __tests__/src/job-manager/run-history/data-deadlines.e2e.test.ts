import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { sla } from "../../../../src/job-manager/commands/sla";
import { outputSchema, RESULTS, type ResultOf } from "../../../../src/job-manager/output/result-schemas";
import { refusalOf } from "../../../support/command-refusal";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { bench, personEnv } from "../../../support/work-on-branch";

const NOW = new Date("2026-01-09T12:00:00Z");
const JOBS = {
  core: jobData({ schedule: { at: ["05:00"] }, execute_steps: ["dbt build --select orders"] }),
  marts: jobData({ schedule: { at: ["06:00"] }, execute_steps: ["dbt build --select revenue"] }),
  again: jobData({ execute_steps: ["dbt build --select revenue"] }),
};

/** The exposure `board` reads the mart `revenue`, which reads `orders`. */
function manifest(boardSla: unknown, reads = "model.shop.revenue"): object {
  const model = (name: string, nodes: string[], meta: object = {}): [string, object] => {
    const id = `model.shop.${name}`;
    return [id, { unique_id: id, resource_type: "model", name, depends_on: { nodes }, config: { meta } }];
  };
  const board = { unique_id: "exposure.shop.board", resource_type: "exposure", name: "board" };
  const mart = { sla: { finish_by: "06:30", days: ["monday", "wednesday"], target: 50 } };
  return {
    sources: {},
    nodes: Object.fromEntries([model("orders", []), model("revenue", ["model.shop.orders"], mart), model("free", [])]),
    exposures: {
      [board.unique_id]: { ...board, depends_on: { nodes: [reads] }, config: { meta: { sla: boardSla } } },
    },
  };
}

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud(undefined, NOW);
});
afterEach(() => cloud.close());

/** Reports with a dbt that knows the shop. A selection selects the model with its name. */
async function report(shop: object, more: Partial<Parameters<typeof sla>[0]> = {}) {
  const dbt = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const target = args[args.indexOf("--target-path") + 1];
mkdirSync(target, { recursive: true });
writeFileSync(target + "/manifest.json", ${JSON.stringify(JSON.stringify(shop))});
console.log(JSON.stringify({ unique_id: "model.shop." + args[args.indexOf("--select") + 1] }));
`;
  const files = { "environments/prod.yaml": envFile({ jobs: JOBS }), "dbt/dbt_project.yml": "name: shop" };
  const folder = envFolder({ ...files, "bin/dbt": dbt });
  chmodSync(join(folder, "bin/dbt"), 0o755);
  const env = { ...personEnv(cloud), PATH: process.env["PATH"]!, XDG_CACHE_HOME: folder };
  const config = join(folder, "environments/prod.yaml");
  const data = { project: folder, program: join(folder, "bin/dbt") };
  const page = join(folder, "page.html");
  const options = { config, keys: [], since: "30d", markdown: false, data, html: page, ...more };
  const result = await sla(options, bench(env, { now: NOW }));
  return { ...result, jobs: (result.json as ResultOf<"sla">).jobs, page: readFileSync(page, "utf8") };
}

/** Adds a job, made on Monday 2026-01-05, with runs that end at these times of January. */
function addWithRuns(
  key: string,
  ...ends: readonly (readonly [day: number, time: string, status?: 10 | 20 | 30])[]
): void {
  const job = addJob(cloud.world, { name: `marketing-team-${key}-production`, environment_id: 302 });
  jobsOf(cloud.world).put({ ...job, created_at: "2026-01-05T00:00:00Z" });
  for (const [day, time, status = 10] of ends) {
    const end = new Date(`2026-01-0${day}T${time}:00Z`);
    const start = timestamp(new Date(end.getTime() - 600_000));
    const run = addRunOf(cloud.world, job.id, { status });
    runsOf(cloud.world).put({ ...run, created_at: start, started_at: start, finished_at: timestamp(end) });
  }
}

function oneWeek(): void {
  addWithRuns("core", [5, "05:20"], [6, "05:20", 20], [7, "05:20"], [8, "05:20"], [9, "05:20"]);
  addWithRuns("marts", [5, "06:20"], [6, "06:20"], [7, "08:40"], [8, "06:20", 30], [9, "06:20"]);
  addWithRuns("again", [8, "07:00"]);
}

describe("the deadlines of data", () => {
  it("are met when each table was built that day, by one of its jobs", async () => {
    oneWeek();
    const { exitCode, json, jobs, text } = await report(manifest({ finish_by: "08:30" }));
    expect(
      jobs.map(({ key, kind, due, met, attained, misses }) => [key, kind, due, met, attained, misses.length]),
    ).toEqual([
      ["revenue", "mart", 2, 1, 50, 1],
      ["board", "exposure", 5, 3, 60, 2],
    ]);
    expect(jobs[1]!.misses.map(({ deadline, words }) => [deadline.slice(0, 10), words])).toEqual([
      ["2026-01-06", "core did not succeed on that day"],
      ["2026-01-07", "marts or again succeeded only at 08:40 UTC"],
    ]);
    expect([exitCode, text.split("\n").at(-1)]).toEqual([1, "Below the target: board"]);
    expect(() => outputSchema(RESULTS.sla).parse({ version: 1, ok: true, result: json })).not.toThrow();
  });

  it("have an uptime: the data is stale from a missed deadline until all tables are built", async () => {
    oneWeek();
    const { jobs } = await report(manifest({ finish_by: "08:30" }));
    // Stale from 08:30 on January 6 until 08:40 on the next day, out of 30 days.
    expect(jobs[1]!.uptime).toBeCloseTo(100 - (100 * (24 * 60 + 10)) / (30 * 24 * 60), 10);
  });

  it("are on a page with a square for each day, without scripts", async () => {
    oneWeek();
    const { page } = await report(manifest({ finish_by: "08:30" }));
    expect(page).not.toMatch(/<script|https?:\/\/(?!127)/);
    const row = page.slice(page.lastIndexOf("board (exposure)</th>"));
    expect(row.match(/[✓✗]/g)?.join("").slice(0, 5)).toBe("✓✗✗✓✓");
    expect(row).toContain('title="2026-01-07 08:30: marts or again succeeded only at 08:40 UTC"');
  });

  it.each([
    [{ finish_by: "8:30" }, "model.shop.revenue", "exposure board, config.meta.sla: finish_by "],
    [{ finish_by: "08:30", day: 1 }, "model.shop.revenue", "exposure board, config.meta.sla: "],
    [{ finish_by: "08:30" }, "model.shop.free", "exposure board, config.meta.sla: no job of the env file builds it"],
  ])("are refused: %p of %s", async (declared, reads, words) => {
    const { exitCode, message } = await refusalOf(report(manifest(declared, reads)));
    expect([exitCode, message]).toEqual([78, expect.stringContaining(words)]);
    expect(message).toContain("correct it in the .yml file of board");
  });
});
