import { dirname, join } from "node:path";
import { systemClock } from "../../../../src/dbt-cloud/clock";
import { status } from "../../../../src/job-manager/commands/status";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { mark, record } from "../../../support/branch-records";
import { jobData } from "../../../support/env-file";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { bench, devFile, personEnv } from "../../../support/work-on-branch";

const NOW = new Date("2026-01-05T04:30:00Z");
const JOBS = {
  extract: jobData({ schedule: { at: ["05:00"] } }),
  attribution: jobData({ schedule: { at: ["06:00"] }, expects: ["extract"] }),
  campaigns: jobData({ schedule: { at: ["07:00"] }, expects: ["extract", "attribution"] }),
};

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud(undefined, NOW);
});
afterEach(() => cloud.close());

async function run(
  config: string,
  keys: readonly string[] = [],
  { exitCode = false, now = NOW, ref = "feature/x", width = undefined as number | undefined } = {},
): Promise<CommandResult> {
  const result = await status({ config, keys, exitCode }, bench(personEnv(cloud, { ref }), { now, width }));
  return { ...result, text: result.text.replaceAll(cloud.url, "") };
}

function add(key: string): number {
  const { name, description } = record({ mark: mark({ key }) });
  return addJob(cloud.world, { name, description }).id;
}

const FAILED = {
  status: 20,
  steps: [
    ["dbt source freshness", 10],
    ["dbt build --select tag:core", 20],
  ],
  results: JSON.stringify({
    results: [
      {
        unique_id: "test.p.not_null_orders",
        status: "fail",
        message: "Got 3 results, configured to fail if != 0\nSQL",
      },
      { unique_id: "model.p.orders", status: "success", message: "OK" },
    ],
  }),
} as const;

describe("the status of a branch's jobs", () => {
  it("has last runs, the expected jobs, and the failures with their steps", async () => {
    const [extract, attribution] = [add("extract"), add("attribution")];
    const good = addRunOf(cloud.world, extract);
    const bad = addRunOf(cloud.world, attribution, FAILED);
    const { exitCode, text, json } = await run(devFile(JOBS));
    expect(text).toBe(
      [
        "attribution failed in: dbt build --select tag:core",
        "    test.p.not_null_orders  Got 3 results, configured to fail if != 0",
        "    rows     dbt show --select not_null_orders",
        `    since    run ${bad.id} of 2026-01-05 04:30 UTC, the first failure; no earlier run succeeded`,
        "    before   1 of 1 run failed",
        "    waiting  campaigns",
        "    retry    dbt-job-manager run attribution --retry --wait",
        "    log      dbt-job-manager logs attribution --step 2",
        `    run      /deploy/12345/projects/102/runs/${bad.id}`,
        "",
        "KEY          LAST RUN      ENDED (UTC)       TOOK      EXPECTS             LINK",
        `extract      Success       2026-01-05 04:30  00:00:00  –                   /deploy/12345/projects/102/runs/${good.id}`,
        `attribution  Error         2026-01-05 04:30  00:00:00  extract: Success    /deploy/12345/projects/102/runs/${bad.id}`,
        "campaigns    not deployed  –                 –         extract: Success    –",
        "                                                       attribution: Error",
        "",
        "3 jobs: 1 failed in the last run, 1 not deployed",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(json).toMatchObject([
      { key: "extract", last_run: { id: good.id, is_failure: false, failed: [] }, expects: [] },
      {
        key: "attribution",
        last_run: {
          failed_step: "dbt build --select tag:core",
          failed: [{ node: "test.p.not_null_orders", status: "fail" }],
        },
      },
      {
        key: "campaigns",
        id: null,
        last_run: null,
        url: null,
        expects: [
          { key: "extract", status: "Success" },
          { key: "attribution", status: "Error" },
        ],
      },
    ]);
  });

  it("has the whole error of dbt when no test and no model failed", async () => {
    const log = [
      "07:52:21  Running with dbt=1.11.16",
      "07:52:22  Encountered an error:",
      "\u001b[31mParsing Error\u001b[0m",
      ...Array.from({ length: 20 }, (_, i) => `    ${i + 1}  | line`),
      '      in "<unicode string>", line 4, column 4',
    ];
    addRunOf(cloud.world, add("extract"), { status: 20, steps: [["dbt build", 20]], log: `${log.join("\n")}\n` });
    const { text } = await run(devFile(JOBS), ["extract"]);
    expect(text.split("\n").slice(0, log.length)).toEqual([
      "extract failed in: dbt build",
      "    07:52:22  Encountered an error:",
      "    Parsing Error",
      ...log.slice(3).map((line) => `    ${line}`),
    ]);
  });

  it("has the complete reason of the jobs that are named", async () => {
    addRunOf(cloud.world, add("attribution"), FAILED);
    const { text } = await run(devFile(JOBS), ["attribution"]);
    expect(text.split("\n").slice(1, 3)).toEqual([
      "    test.p.not_null_orders  Got 3 results, configured to fail if != 0",
      "        SQL",
    ]);
  });

  it("names the env file in the command for the log of a job that Terraform applies", async () => {
    const { id } = addJob(cloud.world, { name: "marketing-team-attribution-production", environment_id: 302 });
    addRunOf(cloud.world, id, FAILED);
    const config = join(dirname(devFile()), "prod.yaml");
    expect((await run(config)).text).toContain(`dbt-job-manager logs attribution --step 2 --config ${config}\n`);
  });

  it("has dbt Cloud's message when no step failed", async () => {
    addRunOf(cloud.world, add("extract"), { status: 20 });
    const { text } = await run(devFile(JOBS), ["extract"]);
    expect(text).toContain("extract failed in: no step");
  });

  it("is limited to the given keys, in the file's order", async () => {
    add("extract");
    const { text } = await run(devFile(JOBS), ["campaigns", "extract"]);
    const keys = text
      .split("\n")
      .slice(1, 3)
      .map((line) => line.split(" ")[0]);
    expect([keys, text.split("\n").at(-1)]).toEqual([["extract", "campaigns"], "2 jobs: no failures, 1 not deployed"]);
    await expect(run(devFile(JOBS), ["extrakt"])).rejects.toThrow(
      "has no job with the key extrakt; did you mean extract?",
    );
  });

  it("shows neither another branch's jobs nor those without a mark", async () => {
    const { name, description } = record({ mark: mark({ key: "extract", user: "sam" }) });
    addJob(cloud.world, { name, description });
    addJob(cloud.world, { name: "marketing-team-feature-x-jennifer-extract" });
    expect((await run(devFile(JOBS), ["extract"])).text).toContain("extract  not deployed");
  });
});

describe("a failure before a deadline", () => {
  const MORNING = {
    attribution: jobData({ schedule: { at: ["05:00"] }, sla: { finish_by: "06:00" } }),
    campaigns: jobData({ schedule: { at: ["06:00"] }, expects: ["attribution"], sla: { finish_by: "07:00" } }),
    dashboard: jobData({
      run_after: { job: "campaigns" },
      sla: { finish_by: "09:00", timezone: "Europe/Berlin" },
    }),
    other: jobData({ schedule: { at: ["05:00"] }, sla: { finish_by: "07:00" } }),
  };
  const AT_SIX_TEN = { now: new Date("2026-01-05T06:10:00Z"), width: 80 };

  it("names the jobs that wait, and the deadlines that break, on one screen", async () => {
    const at = new Date("2026-01-05T05:00:00Z");
    addRunOf(cloud.world, add("other"), { at, status: 20 });
    addRunOf(cloud.world, add("attribution"), { ...FAILED, at });
    for (const key of ["campaigns", "dashboard"]) add(key);
    const { text, json } = await run(devFile(MORNING), [], AT_SIX_TEN);
    const lines = text.split("\n");
    expect(lines.filter((line) => line.includes("failed in:"))).toEqual([
      "attribution failed in: dbt build --select tag:core",
      "other failed in: no step",
    ]);
    expect(lines.slice(6, 9)).toEqual([
      "    waiting  campaigns, dashboard",
      "    breaks   campaigns at 07:00 UTC, in 50 min",
      "             dashboard at 09:00 Europe/Berlin, in 1 h 50 min",
    ]);
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(json).toMatchObject([
      {
        last_run: {
          failure: {
            waiting: ["campaigns", "dashboard"],
            row_commands: ["dbt show --select not_null_orders"],
            deadlines_at_risk: [
              { key: "campaigns", at: "2026-01-05T07:00:00.000Z" },
              { key: "dashboard", at: "2026-01-05T08:00:00.000Z" },
            ],
          },
        },
      },
      {},
      {},
      {},
    ]);
  });

  it("does not name a deadline of the next day", async () => {
    addRunOf(cloud.world, add("attribution"), { ...FAILED, at: new Date("2026-01-05T05:00:00Z") });
    const evening = { ...AT_SIX_TEN, now: new Date("2026-01-05T18:00:00Z") };
    expect((await run(devFile(MORNING), [], evening)).text).not.toContain("breaks");
  });

  it("does not name a deadline that is met", async () => {
    const at = new Date("2026-01-05T05:00:00Z");
    addRunOf(cloud.world, add("attribution"), { ...FAILED, at });
    addRunOf(cloud.world, add("campaigns"), { at });
    add("dashboard");
    expect((await run(devFile(MORNING), [], AT_SIX_TEN)).text).toMatch(/breaks {3}dashboard at 09:00/);
  });
});

describe("--watch", () => {
  it("shows the status again with the time, until the person stops it", async () => {
    add("extract");
    const stop = new AbortController();
    let shows = 0;
    const dependencies = bench(personEnv(cloud), {
      stop: stop.signal,
      clock: {
        ...systemClock,
        now: () => new Date(NOW.getTime() + 30_000 * shows),
        pause: () => {
          if (shows === 2) stop.abort();
          return Promise.resolve();
        },
      },
    });
    const options = { config: devFile(JOBS), keys: ["extract"], exitCode: false, watch: () => (shows += 1) };
    expect(await status(options, dependencies)).toMatchObject({ exitCode: 0, text: "" });
    expect(dependencies.written.filter((line) => line.includes("Ctrl-C"))).toEqual([
      "04:30:00 UTC; Ctrl-C ends the command",
      "04:30:30 UTC; Ctrl-C ends the command",
    ]);
    expect(dependencies.written.filter((line) => line.startsWith("extract  never run"))).toHaveLength(2);
  });
});

describe("the status of production", () => {
  it("has Terraform's jobs, found by their names in their environment", async () => {
    addJob(cloud.world, { name: "marketing-team-attribution-production" });
    const { id } = addJob(cloud.world, { name: "marketing-team-attribution-production", environment_id: 302 });
    const ran = addRunOf(cloud.world, id, FAILED);
    const { text, json } = await run(join(dirname(devFile()), "prod.yaml"));
    expect(json).toMatchObject([{ key: "attribution", id, last_run: { id: ran.id, is_failure: true } }]);
    expect(text).toContain("attribution failed in: dbt build --select tag:core");
    expect(cloud.requests.filter((line) => !line.startsWith("GET"))).toEqual([]);
  });

  it("shows that a job does not exist", async () => {
    const { text } = await run(join(dirname(devFile()), "prod.yaml"));
    expect(text).toContain("attribution  not deployed");
  });
});

describe("the exit code", () => {
  it("is 0 after a failure, unless --exit-code asks for 2", async () => {
    addRunOf(cloud.world, add("extract"));
    addRunOf(cloud.world, add("attribution"), FAILED);
    const code = async (keys: readonly string[], exitCode: boolean): Promise<number> =>
      (await run(devFile(JOBS), keys, { exitCode })).exitCode;
    expect(await code([], false)).toBe(0);
    expect(await code([], true)).toBe(2);
    expect(await code(["extract"], true)).toBe(0);
  });
});

it("the status of a branch that Terraform applies lists the commands for Terraform's files, without a table", async () => {
  const file = devFile(JOBS);
  const { text, exitCode } = await run(file, [], { ref: "production" });
  expect([exitCode, text]).toEqual([
    0,
    "Name an env file, because production has no branch jobs: Terraform applies its jobs.\n" +
      `  dbt-job-manager status --config ${join(dirname(file), "prod.yaml")}   # production`,
  ]);
});

it("the table fits a terminal of 80 columns", async () => {
  addRunOf(cloud.world, add("extract"));
  const { text } = await run(devFile(JOBS), [], { width: 80 });
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).toContain("(too narrow for LINK");
});

describe("a missed SLA", () => {
  const SLA = { jobs: { attribution: jobData({ schedule: { at: ["02:00"] }, sla: { finish_by: "04:00" } }) } };
  const statusAt = (now: string, more = {}): Promise<CommandResult> =>
    run(devFile(SLA.jobs), [], { now: new Date(now), ...more });
  const addRunAt = (at: string, status: 10 | 20 | 3): number =>
    addRunOf(cloud.world, attribution(), { at: new Date(at), status }).id;
  let id: number | undefined;
  const attribution = (): number => (id ??= add("attribution"));
  beforeEach(() => {
    id = undefined;
  });

  it.each([
    ["2026-01-05T03:59:00Z", 10, undefined],
    ["2026-01-05T04:07:00Z", 10, "ended at 04:07 UTC: Success"],
    ["2026-01-05T03:00:00Z", 20, "ended at 03:00 UTC: Error"],
    ["2026-01-05T03:00:00Z", 3, "is not finished: Running"],
  ] as const)("is named with its reason: a run at %s with status %d", async (at, end, reason) => {
    const runId = addRunAt(at, end);
    const { text, json, exitCode } = await statusAt("2026-01-05T04:30:00Z", { exitCode: true });
    const missed = reason === undefined ? null : `run ${runId} ${reason}`;
    expect(text.includes(`attribution missed its SLA of 2026-01-05 04:00 UTC: ${missed}`)).toBe(missed !== null);
    expect(text.endsWith(", 1 missed the SLA")).toBe(missed !== null);
    expect(json).toMatchObject([{ sla: { deadline: "2026-01-05T04:00:00.000Z", missed } }]);
    expect(exitCode).toBe(missed === null ? 0 : 2);
  });

  it("is reported when no run started on the day, and only after the deadline", async () => {
    addRunAt("2026-01-04T03:00:00Z", 10);
    expect((await statusAt("2026-01-05T03:59:00Z")).text).not.toContain("SLA");
    expect((await statusAt("2026-01-05T04:00:00Z")).text).toContain(
      "attribution missed its SLA of 2026-01-05 04:00 UTC: no run started on that day",
    );
  });

  it("is not reported when only a later run of the day failed", async () => {
    addRunAt("2026-01-05T03:00:00Z", 10);
    addRunAt("2026-01-05T04:20:00Z", 20);
    expect((await statusAt("2026-01-05T04:30:00Z")).text).not.toContain("SLA");
  });
});
