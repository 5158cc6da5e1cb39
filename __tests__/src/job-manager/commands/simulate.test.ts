import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { CommandError, type CommandResult } from "../../../../src/job-manager/commands/command";
import { simulate, simulateFromCloud, type SimulateOptions } from "../../../../src/job-manager/commands/simulate";
import { envFile, jobData, type Overrides } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { gitRepository } from "../../../support/git-repository";
import { addJob, openCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { bench, personEnv } from "../../../support/work-on-branch";

const NOW = new Date("2026-01-01T12:00:00Z");
const WORKING_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"];

/** `load` starts at a time, and `dashboard` has a deadline at 08:30 on working days. */
function jobs(at = "05:00"): Overrides {
  return {
    load: jobData({ schedule: { at: [at] } }),
    dashboard: jobData({ schedule: { at: ["08:00"] }, sla: { finish_by: "08:30", days: [...WORKING_DAYS] } }),
    "on-demand": jobData(),
  };
}

function fileOf(data: Overrides, more: Overrides = {}): string {
  return join(envFolder({ "prod.yaml": envFile({ jobs: data, ...more }) }), "prod.yaml");
}

function options(more: Partial<SimulateOptions> = {}): SimulateOptions {
  const defaults = { days: 30, trials: 1, seed: 1, slots: 1, minutes: [], fail: [], markdown: false };
  return { project: "", files: [fileOf(jobs())], ...defaults, ...more };
}

function run(more: Partial<SimulateOptions> = {}): CommandResult {
  return simulate(options(more), { env: {}, now: NOW, colors: false });
}

function refusal(more: Partial<SimulateOptions>): string {
  try {
    run(more);
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a simulation", () => {
  it("shows the jobs, the deadlines at risk, the critical paths and the use of slots", () => {
    const { exitCode, text } = run({ days: 4, files: [fileOf(jobs("07:30"))], minutes: ["load:45", "12"] });
    expect(text.split("\n")).toEqual([
      "4 days from 2026-01-02, 1 trial, seed 1",
      "",
      "ENVIRONMENT  KEY        RUNS  FAILED  WAIT P95  DEADLINE   DUE  MISSED",
      "production   load       4     0       0:00      –          –    –",
      "production   dashboard  4     0       15:00     08:30 UTC  2    0",
      "production   on-demand  0     0       –         –          –    –",
      "",
      "No deadline is missed.",
      "",
      "Most frequent critical path of each job that waits for others",
      "  100 %  load → dashboard (queue)",
      "",
      "Use of the run slots",
      "HOUR (UTC)  production",
      "07:00       50 %",
      "08:00       45 %",
      "",
      "Assumed duration of dashboard, without a known run: 12:00",
    ]);
    expect(exitCode).toBe(0);
  });

  it("says in a sentence on how many working days a change breaks a deadline", () => {
    const change = fileOf(jobs("07:30"));
    const { text, json } = run({ change, minutes: ["load:50", "dashboard:15"] });
    const sentence = "Moving load to 07:30 breaks the deadline of dashboard on 21 of 21 working days instead of 0.";
    expect(text).toContain(`\n\n${sentence}\n\n`);
    expect(text).toContain("\n  2026-01-02 08:30 UTC  100 %  dashboard\n");
    expect(text).toContain("\n  and 11 deadlines more: --json has all\n");
    expect(json).toMatchObject({
      change: { sentences: [sentence], effects: [{ key: "dashboard", due: 21, missed_before: 0, missed_after: 21 }] },
    });
    const back = run({ files: [change], change: fileOf(jobs()), minutes: ["load:50", "dashboard:15"] });
    expect(back.text).toContain(
      "Moving load to 05:00 lowers the missed deadlines of dashboard to 0 of 21 working days instead of 21.",
    );
  });

  it.each<[string, Overrides]>([
    [
      "The change concerns no schedule, run_after, timeout or sla.",
      { load: jobData({ schedule: { at: ["05:00"] }, threads: 7 }) },
    ],
    [
      "Changing load breaks no deadline more or less often than today.",
      { load: jobData({ schedule: { at: ["05:00"] }, timeout_seconds: 9 }) },
    ],
    [
      "Running load at 05:00, only on Monday breaks no deadline",
      { load: jobData({ schedule: { at: ["05:00"], days: ["monday"] } }) },
    ],
    [
      "Removing load and adding extract breaks no deadline",
      { load: undefined, extract: jobData({ schedule: { at: ["05:00"] } }) },
    ],
  ])("names what a change does: %s", (sentence, changed) => {
    const data = Object.fromEntries(Object.entries({ ...jobs(), ...changed }).filter(([, job]) => job !== undefined));
    expect(run({ change: fileOf(data) }).text).toContain(sentence);
  });

  it("is Markdown for a merge request", () => {
    const { text } = run({ change: fileOf(jobs("07:30")), minutes: ["load:50", "dashboard:15"], markdown: true });
    expect(text).toBe(
      [
        "### Deadlines in 30 days from 2026-01-02, 1 trial, seed 1",
        "",
        "Moving load to 07:30 breaks the deadline of dashboard on 21 of 21 working days instead of 0.",
        "",
        "| Environment | Job | Deadline | Due | Missed today | Missed |",
        "| :-- | :-- | :-- | --: | --: | --: |",
        "| production | `dashboard` | 08:30 UTC | 21 | 0 | 21 |",
      ].join("\n"),
    );
  });

  it("compares with the files of the commit at which the branch left its base", () => {
    const work = gitRepository();
    const file = join(work.folder, "environments", "prod.yaml");
    const write = (data: Overrides): void => {
      writeFileSync(file, envFile({ jobs: data }));
    };
    const commit = (data: Overrides): void => {
      write(data);
      work.git("add", ".");
      work.commit("env files");
    };
    mkdirSync(join(work.folder, "environments"));
    commit(jobs());
    work.git("checkout", "--quiet", "-b", "feature/x");
    const compare = (more: Partial<SimulateOptions> = {}): string =>
      run({ project: work.folder, files: [file], base: "main", minutes: ["load:50", "dashboard:15"], ...more }).text;
    const nothing = "The change concerns no schedule, run_after, timeout or sla.";
    expect(compare({ markdown: true })).toBe(
      `### Deadlines in 30 days from 2026-01-02, 1 trial, seed 1\n\n${nothing.replace("_", "\\_")}`,
    );
    write(jobs("07:30"));
    expect(compare()).toContain("Moving load to 07:30 breaks the deadline of dashboard on 21 of 21 working days");
    writeFileSync(
      join(work.folder, "environments", "staging.yaml"),
      envFile({ name: "staging", environment: { id: 202 }, jobs: jobs() }),
    );
    expect(compare({ files: [join(work.folder, "environments")] })).toContain("Moving load to 07:30, adding load,");
    expect(() => compare({ base: "nowhere" })).toThrow(/^--base: git does not know nowhere.* git fetch origin$/);
    writeFileSync(file, "jobs: [");
    work.git("checkout", "--quiet", "main");
    work.git("add", ".");
    work.commit("a mistake");
    write(jobs());
    expect(() => compare({ base: "HEAD" })).toThrow(/^--base: the env files at .* have problems/);
  });

  it("draws durations and failures from a file of past runs, by environment", () => {
    const past = [
      { job: "load", environment: "staging", seconds: 86_000 },
      { job: "load", seconds: 600 },
      { job: "dashboard", environment: "production", seconds: 300, status: "error" },
    ];
    const history = join(envFolder({ "runs.json": JSON.stringify({ runs: past }) }), "runs.json");
    const { json } = run({ history, days: 4 });
    expect(json).toMatchObject({
      assumed: { keys: [] },
      jobs: [
        { key: "load", runs: 4, failed: 0 },
        { key: "dashboard", failed: 4, sla: { due: 2, missed: 2 } },
        { key: "on-demand", runs: 0 },
      ],
      slot_use: [{ environment: "production", hours: expect.arrayContaining([1 / 6, 1 / 12]) as unknown }],
    });
  });
});

it("draws durations and failures from the runs in dbt Cloud, without canceled ones", async () => {
  const cloud = await openCloud(undefined, NOW);
  const cache = mkdtempSync(join(tmpdir(), "simulate-"));
  try {
    const { id } = addJob(cloud.world, { name: "marketing-team-load-production", environment_id: 302 });
    const add = (status: 10 | 20 | 30, minutes: number): void => {
      const row = addRunOf(cloud.world, id, { status });
      const start = new Date("2025-12-20T05:00:00Z");
      const finished_at = timestamp(new Date(start.getTime() + minutes * 60_000));
      runsOf(cloud.world).put({ ...row, created_at: timestamp(start), started_at: timestamp(start), finished_at });
    };
    add(20, 30);
    add(30, 999);
    expect(jobsOf(cloud.world).get(id)).toBeDefined();
    const env = { ...personEnv(cloud), XDG_CACHE_HOME: cache };
    const { json } = await simulateFromCloud(options({ days: 2 }), bench(env, { now: NOW }));
    expect(json).toMatchObject({
      assumed: { keys: ["dashboard"], seconds: 600 },
      jobs: [{ key: "load", runs: 2, failed: 2 }, { failed: 0 }, {}],
      slot_use: [{ hours: expect.arrayContaining([0.5, 1 / 6]) as unknown }],
    });
  } finally {
    await cloud.close();
    rmSync(cache, { recursive: true });
  }
});

describe("a simulation refuses", () => {
  it.each<[Partial<SimulateOptions>, string]>([
    [{ minutes: ["a while"] }, "--minutes a while is not readable; write minutes from 0 to 1440"],
    [{ minutes: ["load:1441"] }, "--minutes load:1441 is not readable"],
    [{ fail: ["5%"] }, "--fail 5% is not readable; write KEY:RATE"],
    [{ fail: ["load:101%"] }, "--fail load:101% is not readable"],
    [{ fail: ["lod:5%"] }, "the env files has no job with the key lod; did you mean load?"],
    [{ history: "/no/such/file" }, "--history /no/such/file: ENOENT"],
  ])("%j", (more, message) => {
    expect(refusal(more)).toContain(message);
  });

  it("a history that is not readable, with the place and the form", () => {
    const files = { "a.json": "{", "b.json": JSON.stringify({ runs: [{ job: "load", seconds: -1 }] }) };
    const folder = envFolder(files);
    expect(refusal({ history: join(folder, "a.json") })).toContain("a.json: ");
    const message = refusal({ history: join(folder, "b.json") });
    expect(message).toContain("b.json: runs.0.seconds: ");
    expect(message).toContain('write { "runs": [{ "job": KEY, "seconds": NUMBER');
  });

  it("a change of an environment that today's files do not have", () => {
    expect(refusal({ change: fileOf(jobs(), { name: "elsewhere" }) })).toContain("there is no environment elsewhere");
  });
});
