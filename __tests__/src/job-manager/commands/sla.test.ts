import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { sla } from "../../../../src/job-manager/commands/sla";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { runsOf, type Run } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf, type RunWish } from "../../../support/run-rows";
import { bench, personEnv } from "../../../support/work-on-branch";

const NOW = new Date("2026-01-09T12:00:00Z");
const MADE = "2026-01-05T00:00:00Z";
const JOBS = {
  extract: jobData({ schedule: { at: ["04:00"] }, sla: { finish_by: "05:00", target: 50 } }),
  dashboard: jobData({ schedule: { at: ["05:00"] }, expects: ["extract"], sla: { finish_by: "06:00" } }),
  other: jobData({}),
};

let cloud: ListeningCloud;
let cache: string;
beforeEach(async () => {
  cloud = await openCloud(undefined, NOW);
  cache = mkdtempSync(join(tmpdir(), "sla-cache-"));
});
afterEach(async () => {
  await cloud.close();
  rmSync(cache, { recursive: true });
});

const config = (): string => join(envFolder({ "prod.yaml": envFile({ jobs: JOBS }) }), "prod.yaml");

async function report(options: Partial<Parameters<typeof sla>[0]> = {}, now = NOW): Promise<CommandResult> {
  const env = { ...personEnv(cloud), XDG_CACHE_HOME: cache };
  const given = { config: config(), keys: [], since: "30d", markdown: false, ...options };
  const result = await sla(given, bench(env, { now }));
  return { ...result, text: result.text.replaceAll(cloud.url, "") };
}

function add(key: string): number {
  const job = addJob(cloud.world, { name: `marketing-team-${key}-production`, environment_id: 302 });
  return jobsOf(cloud.world).put({ ...job, created_at: timestamp(new Date(MADE)) }).id;
}

/** A run of a day in January. */
function addRunAt(job: number, day: number, from: string, to: string, wish: RunWish = {}): Run {
  const time = (text: string): string => timestamp(new Date(`2026-01-0${day}T${text}:00Z`));
  const run = addRunOf(cloud.world, job, wish);
  return runsOf(cloud.world).put({ ...run, created_at: time(from), started_at: time(from), finished_at: time(to) });
}

function fiveDays(): { failed: Run; late: Run } {
  const [extract, dashboard] = [add("extract"), add("dashboard")];
  for (const day of [5, 6, 7, 8, 9]) {
    if (day !== 7) addRunAt(extract, day, "04:00", "04:20");
    if (day === 5 || day === 7 || day === 9) addRunAt(dashboard, day, "05:00", "05:30");
  }
  const failed = addRunAt(dashboard, 6, "05:00", "05:10", { status: 20, steps: [["dbt build", 20]] });
  const late = addRunAt(dashboard, 8, "05:00", "06:12");
  return { failed, late };
}

describe("the report of deadlines", () => {
  it("has a row for each job with an SLA, and each miss with its cause", async () => {
    const { failed, late } = fiveDays();
    const { exitCode, text, error } = await report();
    expect(text.split("\n")).toEqual([
      "Deadlines of production from 2025-12-10 12:00 to 2026-01-09 12:00 UTC",
      "",
      "KEY        DEADLINE   MET  ATTAINED  TARGET  BUDGET  UPTIME   P50    P95      TREND",
      "extract    05:00 UTC  4/5  80 %      50 %    1.5     96.75 %  20:00  20:00    –",
      "dashboard  06:00 UTC  3/5  60 %      99.9 %  -2      96.7 %   30:00  1:12:00  –",
      "",
      "extract missed",
      "  2026-01-07 05:00 UTC: no run started on that day",
      "",
      "dashboard missed",
      `  2026-01-06 06:00 UTC: run ${failed.id} failed in dbt build  /deploy/12345/projects/102/runs/${failed.id}`,
      `  2026-01-08 06:00 UTC: run ${late.id} took 72 minutes; half of the runs take 30 minutes or less  /deploy/12345/projects/102/runs/${late.id}`,
      "",
      "Below the target: dashboard",
    ]);
    expect(exitCode).toBe(1);
    expect(error).toMatchObject({ message: "dashboard missed the target" });
  });

  it("is Markdown, of the given jobs only, and ends with 0 when the target is kept", async () => {
    fiveDays();
    const { exitCode, text, json } = await report({ keys: ["extract"], since: "2d", markdown: true });
    expect(exitCode).toBe(0);
    expect(text).toBe(
      [
        "### Deadlines of production from 2026-01-07 12:00 to 2026-01-09 12:00 UTC",
        "",
        "| Key | Deadline | Met | Attained | Target | Budget | Uptime | P50 | P95 | Trend |",
        "| :-- | :-- | --: | --: | --: | --: | --: | --: | --: | --: |",
        "| `extract` | 05:00 UTC | 2/2 | 100 % | 50 % | 1 | 65.97 % | 20:00 | 20:00 | – |",
        "",
        "Every target was kept",
      ].join("\n"),
    );
    expect(json).toMatchObject({ jobs: [{ key: "extract", due: 2, met: 2, is_kept: true, misses: [] }] });
  });

  it("counts no day before the job was made, and none for a job that is not in dbt Cloud", async () => {
    add("extract");
    const { text } = await report({ since: "8w" });
    expect(text).toContain("extract    05:00 UTC  0/5");
    expect(text).toContain("dashboard  06:00 UTC  0/0");
  });

  it("asks only for runs that it has not kept, and reads a damaged file again", async () => {
    const { late } = fiveDays();
    const first = await report();
    const [name] = readdirSync(join(cache, "dbt-job-manager"));
    const file = join(cache, "dbt-job-manager", name!);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ version: 1, until: "2026-01-09T11:00:00.000Z" });
    // A kept run is not read again: dbt Cloud no longer has it, and the report is the same.
    runsOf(cloud.world).remove(late.id);
    const again = await report({}, new Date(NOW.getTime() + 1));
    expect(again.json).toMatchObject({ jobs: [{}, { met: 3, misses: [{}, { run_id: late.id }] }] });
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
    const { json } = await report();
    expect(json).toMatchObject({ jobs: [{}, { met: 3, misses: [{}, { run_id: null, cause: "not_started" }] }] });
    expect(first.json).not.toEqual(json);
  });

  it("refuses a job without an SLA, an unknown key and a period that is none", async () => {
    await expect(report({ keys: ["other"] })).rejects.toThrow("other has no `sla`; write one in");
    await expect(report({ keys: ["dashbord"] })).rejects.toThrow("did you mean dashboard?");
    await expect(report({ since: "a month" })).rejects.toThrow(
      '"a month" is not a period; write a number with h, d or w',
    );
  });
});
