import { dirname, join } from "node:path";
import { rmSync } from "node:fs";
import { deploy, type DeployOptions } from "../../../../src/job-manager/commands/deploy";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { markOf, markedDescription } from "../../../../src/job-manager/branch-jobs/mark";
import { EXIT } from "../../../../src/job-manager/exit-codes";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { branch, mark } from "../../../support/branch-records";
import { refusalOf } from "../../../support/command-refusal";
import { jobData } from "../../../support/env-file";
import {
  addJob,
  addVariable,
  bytesOf,
  liveJobs,
  openCloud,
  overridesOf,
  type ListeningCloud,
} from "../../../support/listening-cloud";
import { addRunOf, endQueuedRuns } from "../../../support/run-rows";
import { bench, devFile, JOBS, personEnv, type Bench } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let ends: (10 | 20 | 30)[];
let dependencies: Bench;
beforeEach(async () => {
  ends = [];
  cloud = await openCloud((world) => {
    if (ends.length > 0) endQueuedRuns(world, ends);
  });
});
afterEach(() => cloud.close());

async function run(
  config: string,
  options: Partial<DeployOptions> = {},
  env: Record<string, string> = {},
): Promise<CommandResult & { text: string }> {
  dependencies = bench({ ...personEnv(cloud), ...env });
  const all = { config, dryRun: false, exitCode: false, only: [], adopt: false, full: false, yes: false, run: false };
  const result = await deploy({ ...all, ...options }, dependencies);
  return { ...result, text: result.text.replaceAll(cloud.url, "") };
}

const nameOf = branch().nameOf;
const jobOf = (key: string): ReturnType<typeof liveJobs>[number] =>
  liveJobs(cloud.world).find(({ name }) => name === nameOf(key))!;
const writes = (): string[] => cloud.requests.filter((line) => !line.startsWith("GET"));
const HEADING =
  "marketing-team, branch feature/x of jennifer · environment 999 of project 102 · schema marketing_feature_x_jennifer";
const NOTE =
  "Scheduled runs use the environment's git branch in dbt Cloud, and only `dbt-job-manager run` uses your branch. Both build into marketing_feature_x_jennifer.";

describe("a first deploy", () => {
  it("shows the plan, reports its progress, and ends with a link for each job", async () => {
    const { exitCode, text } = await run(devFile());
    expect(dependencies.said[0]).toBe(
      [
        HEADING,
        "  + extract  on demand, 1 step",
        "  + attribution  At 05:00, 1 step",
        "  + campaigns  after attribution (success), 2 steps",
        "  + validation  on demand, 1 step",
        "Plan: 4 to create, 0 to update, 0 to delete, 0 unchanged.",
      ].join("\n"),
    );
    expect([...dependencies.said.slice(1)].map((line) => line.replace(/\(\d/, "(n")).sort()).toEqual([
      "created attribution (n of 4)",
      "created campaigns (n of 4)",
      "created extract (n of 4)",
      "created validation (n of 4)",
    ]);
    const link = (key: string): string => `created   ${key}  /deploy/12345/projects/102/jobs/${jobOf(key).id}`;
    expect(text.split("\n")).toEqual([
      link("extract"),
      link("attribution"),
      link("campaigns"),
      link("validation"),
      "4 created, 0 updated, 0 deleted, 0 unchanged, 0 failed.",
      NOTE,
    ]);
    expect(exitCode).toBe(EXIT.ok);
  });

  it("is the same as JSON", async () => {
    const { json } = await run(devFile({ extract: JOBS.extract }));
    const { id } = jobOf("extract");
    expect(json).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      plan: {
        ...branch().owner,
        schema: branch().schema,
        jobs: [{ action: "create", key: "extract", id: null, name: nameOf("extract"), changes: [] }],
      },
      totals: { create: 1, update: 0, unchanged: 0, delete: 0 },
      notes: [NOTE],
      applied: [{ action: "create", key: "extract", id, url: `${cloud.url}/deploy/12345/projects/102/jobs/${id}` }],
      runs: [],
    });
  });

  it("gives each job the branch's schema, and the file's and its own variables", async () => {
    addVariable(cloud.world, "DBT_A", "project");
    addVariable(cloud.world, "DBT_B", "project");
    const job = jobData({ environment_variables: { DBT_B: "job" } });
    await run(devFile({ extract: job }, { environment_variables: { DBT_A: "file", DBT_B: "file" } }));
    expect(overridesOf(cloud.world, jobOf("extract").id)).toEqual({
      DBT_A: "file",
      DBT_B: "job",
      DBT_SCHEMA: "marketing_feature_x_jennifer",
    });
  });

  it("defers to production by the id in production's file", async () => {
    await run(devFile({ extract: jobData({ defer_to: { environment: "production" } }) }));
    expect(jobOf("extract").deferring_environment_id).toBe(302);
  });
});

describe("a second deploy", () => {
  it("changes nothing, and reports it", async () => {
    const file = devFile();
    await run(file);
    cloud.requests.length = 0;
    const { exitCode, text } = await run(file);
    expect([exitCode, text.split("\n")[0]]).toEqual([
      EXIT.ok,
      "0 created, 0 updated, 0 deleted, 4 unchanged, 0 failed.",
    ]);
    expect(dependencies.said).toEqual([]);
    expect(cloud.requests.sort()).toEqual([
      "GET v2/jobs/?project_id=102&environment_id=999&limit=100",
      "GET v3/projects/102/environment-variables/environment/",
    ]);
  });

  it("reads and repairs every job's variables with --full", async () => {
    const file = devFile({ extract: JOBS.extract, validation: JOBS.validation });
    await run(file);
    const extra = jobOf("extract").id;
    addVariable(cloud.world, "DBT_HAND", "made", extra);
    expect((await run(file)).text).toContain("2 unchanged");
    const { text } = await run(file, { full: true });
    expect(dependencies.said[0]).toContain("      environment_variables.DBT_HAND: made → (none)");
    expect(text).toContain("0 created, 1 updated, 0 deleted, 1 unchanged, 0 failed.");
    expect(overridesOf(cloud.world, extra)).toEqual({ DBT_SCHEMA: "marketing_feature_x_jennifer" });
  });

  it("shows each field that somebody changed in dbt Cloud, and changes it back", async () => {
    const file = devFile();
    await run(file);
    const job = jobOf("campaigns");
    jobsOf(cloud.world).put({
      ...job,
      execute_steps: ["dbt build --full-refresh", "dbt test"],
      settings: { threads: 16, target_name: "default" },
      job_completion_trigger_condition: null,
    });
    await run(file);
    expect(dependencies.said[0]).toBe(
      [
        HEADING,
        `  ~ campaigns  job ${job.id}  changed in dbt Cloud after the last deploy`,
        "      execute_steps[0]: dbt build --full-refresh → dbt run",
        "      run_after: (none) → attribution (success)",
        "      threads: 16 → 4",
        "Plan: 0 to create, 1 to update, 0 to delete, 3 unchanged.",
      ].join("\n"),
    );
    expect(jobOf("campaigns")).toMatchObject({ execute_steps: ["dbt run", "dbt test"], settings: { threads: 4 } });
  });

  it("changes a job in place when the file changes", async () => {
    await run(devFile());
    const { id } = jobOf("attribution");
    const jobs = { ...JOBS, attribution: jobData({ schedule: { at: ["06:30"] }, threads: 8 }) };
    const { text } = await run(devFile(jobs));
    expect(dependencies.said[0]).toContain(
      [
        `  ~ attribution  job ${id}`,
        "      schedule: 0 5 * * * → 30 6 * * *",
        "      threads: 4 → 8",
        "Plan: 0 to create, 1 to update, 0 to delete, 3 unchanged.",
      ].join("\n"),
    );
    expect(text).toContain(`updated   attribution  /deploy/12345/projects/102/jobs/${id}`);
    expect(jobOf("attribution")).toMatchObject({ id, schedule: { cron: "30 6 * * *" }, triggers: { schedule: true } });
  });

  it("deletes jobs that the file no longer has", async () => {
    await run(devFile());
    const { validation: _gone, ...rest } = JOBS;
    const { text } = await run(devFile(rest));
    expect(text.split("\n").slice(0, 2)).toEqual([
      "deleted   validation",
      "0 created, 0 updated, 1 deleted, 3 unchanged, 0 failed.",
    ]);
    expect(liveJobs(cloud.world)).toHaveLength(3);
  });
});

describe("a dry run", () => {
  it("changes nothing, and reports it", async () => {
    const { exitCode, text, json } = await run(devFile(), { dryRun: true });
    expect(text.split("\n").slice(-3)).toEqual([
      "Plan: 4 to create, 0 to update, 0 to delete, 0 unchanged.",
      NOTE,
      "Nothing was changed: this is a dry run.",
    ]);
    expect([exitCode, writes(), liveJobs(cloud.world)]).toEqual([EXIT.ok, [], []]);
    expect(json).toMatchObject({ totals: { create: 4 }, applied: [] });
  });

  it("ends with 2 on request when something would change", async () => {
    const file = devFile();
    expect((await run(file, { dryRun: true, exitCode: true })).exitCode).toBe(EXIT.onRequest);
    expect((await run(file, { exitCode: true })).exitCode).toBe(EXIT.ok);
    expect((await run(file, { dryRun: true, exitCode: true })).exitCode).toBe(EXIT.ok);
  });

  it("shows deletes of most jobs without --yes", async () => {
    await run(devFile());
    const { text } = await run(devFile({ extract: JOBS.extract }), { dryRun: true });
    expect(text).toContain("Plan: 0 to create, 0 to update, 3 to delete, 1 unchanged.");
  });
});

describe("a job that defers to another one", () => {
  const jobs = { extract: jobData({}), attribution: jobData({ defer_to: { job: "extract" } }) };
  const note =
    "attribution defers to extract, which has not succeeded yet, so attribution would fail: `dbt-job-manager run attribution " +
    "--bootstrap` runs both in order.";

  it("is named until the other one has succeeded", async () => {
    expect((await run(devFile(jobs), { dryRun: true })).text).toContain(note);
    expect((await run(devFile(jobs))).text).toContain(note);
    const changed = devFile({ ...jobs, attribution: { ...jobs.attribution, description: "New" } });
    expect((await run(changed, { dryRun: true })).text).toContain(note);
    addRunOf(cloud.world, jobOf("extract").id, { status: 10 });
    expect((await run(changed)).text).not.toContain(note);
  });

  it("costs no request when nothing is to do", async () => {
    await run(devFile(jobs));
    cloud.requests.length = 0;
    expect((await run(devFile(jobs))).text).not.toContain(note);
    expect(cloud.requests.filter((line) => line.includes("/runs/"))).toEqual([]);
  });

  it("is named together with the other jobs when no run of their environment has succeeded", async () => {
    const later = (): object => jobData({ defer_to: { environment: "production" } });
    const { text } = await run(devFile({ extract: later(), attribution: later() }), { dryRun: true });
    expect(text.split("\n")).toContain(
      "extract, attribution defer to the environment production, where no run has succeeded, so they would fail: run a job of production first.",
    );
  });

  it("is named when no run of its environment has succeeded", async () => {
    const config = devFile({ extract: jobData({ defer_to: { environment: "production" } }) });
    expect((await run(config, { dryRun: true })).text).toContain(
      "extract defers to the environment production, where no run has succeeded, so extract would fail: run a job of production first.",
    );
  });
});

describe("deletes of most of the branch's jobs", () => {
  it("need --yes, and without it nothing else is changed either", async () => {
    await run(devFile());
    cloud.requests.length = 0;
    const less = devFile({ extract: JOBS.extract, new: jobData() });
    const { exitCode, message } = await refusalOf(run(less));
    expect(exitCode).toBe(EXIT.failed);
    expect(message).toContain("  - attribution  job ");
    expect(message.split("\n").at(-1)).toBe("Add --yes to delete 3 of the branch's 4 jobs. Nothing was changed.");
    expect([writes(), liveJobs(cloud.world).length]).toEqual([[], 4]);
    const { text } = await run(less, { yes: true });
    expect(text).toContain("1 created, 0 updated, 3 deleted, 1 unchanged, 0 failed.");
  });

  it("may be half of them", async () => {
    await run(devFile());
    const { text } = await run(devFile({ extract: JOBS.extract, attribution: JOBS.attribution }));
    expect(text).toContain("2 deleted");
  });
});

describe("--only", () => {
  it("does not change other jobs", async () => {
    await run(devFile({ extract: JOBS.extract, gone: jobData() }));
    const { text } = await run(devFile(), { only: ["attribution"] });
    expect(text).toContain("1 created, 0 updated, 0 deleted, 0 unchanged, 0 failed.");
    expect(liveJobs(cloud.world).map(({ name }) => name)).toEqual(["extract", "gone", "attribution"].map(nameOf));
  });

  it("can delete a job that the file no longer has", async () => {
    await run(devFile({ extract: JOBS.extract, gone: jobData() }));
    const { text } = await run(devFile({ extract: JOBS.extract }), { only: ["gone"] });
    expect(text).toContain("deleted   gone");
  });

  it("refuses unknown keys", async () => {
    const file = devFile();
    const { exitCode, message } = await refusalOf(run(file, { only: ["atribution", "extract"] }));
    expect([exitCode, message]).toEqual([
      EXIT.usage,
      [
        `${file} has no job with the key atribution; did you mean attribution?`,
        "keys: extract, attribution, campaigns, validation",
      ].join("\n"),
    ]);
    expect(writes()).toEqual([]);
  });

  it("does not finish the unfinished job of an interrupted deploy alone", async () => {
    const jobs = { a: jobData(), b: jobData(), c: jobData() };
    await cloud.order({ kind: "status", code: 400, method: "POST", path: "environment-variables/$" });
    await run(devFile(jobs));
    await cloud.order();
    const { exitCode, text } = await run(devFile(jobs), { only: ["a"] });
    expect(exitCode).toBe(EXIT.failed);
    expect(text).toContain(`job ${jobOf("a").id} "${nameOf("a")}": a deploy of several jobs was interrupted`);
    await run(devFile(jobs));
    expect(liveJobs(cloud.world).map(({ id }) => Object.keys(overridesOf(cloud.world, id)))).toEqual(
      Array.from({ length: 3 }, () => ["DBT_SCHEMA"]),
    );
  });
});

describe("a branch that Terraform applies", () => {
  it.each(["main", "master", "production"])("such as %s is refused before any request", async (ref) => {
    const { exitCode, message } = await refusalOf(run(devFile(), { dryRun: true }, { CI_COMMIT_REF_NAME: ref }));
    expect([exitCode, message]).toEqual([
      EXIT.usage,
      `${ref} has no branch jobs, because Terraform applies its jobs after a merge; check out a feature branch`,
    ]);
    expect(cloud.requests).toEqual([]);
  });

  it("is a branch that another env file names", async () => {
    const file = devFile();
    rmSync(join(dirname(file), "prod.yaml"));
    expect((await run(file, { dryRun: true }, { CI_COMMIT_REF_NAME: "feature/x" })).exitCode).toBe(EXIT.ok);
    const { message } = await refusalOf(
      run(devFile(), {}, { CI_COMMIT_REF_NAME: "", CI_COMMIT_REF_SLUG: "production" }),
    );
    expect(message).toContain("production has no branch jobs");
  });

  it("is not a branch with a longer name that starts the same", async () => {
    const { exitCode } = await run(devFile(), { dryRun: true }, { CI_COMMIT_REF_NAME: "main-2" });
    expect(exitCode).toBe(EXIT.ok);
  });
});

describe("an environment that Terraform applies", () => {
  const asked = { ENVIRONMENT_ID: "302" };

  it("is refused before any request, in the file and in the environment variable", async () => {
    const refused = { problems: [{ path: "environment.id", got: "302" }] };
    for (const options of [{ dryRun: true }, {}])
      await expect(run(devFile(), options, asked)).rejects.toMatchObject(refused);
    await expect(run(devFile(JOBS, { environment: { id: 302 } }))).rejects.toMatchObject(refused);
    expect(cloud.requests).toEqual([]);
  });

  it("is found in the other env files", async () => {
    const file = devFile();
    rmSync(join(dirname(file), "prod.yaml"));
    expect((await run(file, { dryRun: true }, asked)).exitCode).toBe(EXIT.ok);
  });
});

describe("the obstacles of a deploy", () => {
  it("include an environment that the project does not have", async () => {
    for (const dryRun of [true, false]) {
      await expect(run(devFile(), { dryRun }, { ENVIRONMENT_ID: "777" })).rejects.toThrow(
        /^dbt Cloud does not have the object \(404\); check the ids of the account, the project and the environment\n {2}detail: .*\n {2}request: GET v3\/projects\/102\/environments\/777\/$/,
      );
    }
    expect(writes()).toEqual([]);
  });

  it("are reported together, before the first write", async () => {
    const jobs = {
      extract: jobData({ environment_variables: { DBT_A: "1", DBT_B: "2" } }),
      validation: JOBS.validation,
    };
    const unmarked = addJob(cloud.world, { name: nameOf("extract") });
    const theirs = addJob(cloud.world, {
      name: nameOf("validation"),
      description: markedDescription("x", mark({ key: "validation", ref: "feature", user: "x-jennifer" })),
    });
    const before = bytesOf(cloud.world, [unmarked.id, theirs.id]);
    const { exitCode, text, json } = await run(devFile(jobs));
    expect(exitCode).toBe(EXIT.failed);
    expect(text).toBe(
      [
        `job ${unmarked.id} "${nameOf("extract")}": it has this branch's name but not its mark, so it may be somebody else's`,
        "  allowed: names that no other job has",
        "  fix:     check the job in dbt Cloud; adopt it with `--adopt`, or rename it",
        "",
        `job ${theirs.id} "${nameOf("validation")}": it belongs to branch feature of x-jennifer, whose jobs have the same names`,
        "  allowed: one owner for each name",
        "  fix:     rename your branch, or ask the owner to clean up theirs",
        "",
        "schema marketing_feature_x_jennifer: branch feature of x-jennifer builds into the same schema",
        "  allowed: a separate schema for each branch of each person",
        "  fix:     rename your branch, or ask the owner to clean up theirs",
        "",
        "environment variable DBT_A: the dbt Cloud project does not have this variable, so a job cannot have its own value",
        "  allowed: DBT_SCHEMA",
        "  fix:     add DBT_A under Orchestration > Environments > Environment variables, with a value for the whole project",
        "",
        "environment variable DBT_B: the dbt Cloud project does not have this variable, so a job cannot have its own value",
        "  allowed: DBT_SCHEMA",
        "  fix:     add DBT_B under Orchestration > Environments > Environment variables, with a value for the whole project",
        "",
        "5 obstacles: nothing was changed",
      ].join("\n"),
    );
    expect((json as { obstacles: unknown[] }).obstacles).toHaveLength(5);
    expect([writes(), bytesOf(cloud.world, [unmarked.id, theirs.id])]).toEqual([[], before]);
  });

  it("include an invalid env file in the same folder, but not jobs in dbt Cloud", async () => {
    const file = devFile({ extract: jobData({ defer_to: { environment: "production" } }) });
    rmSync(join(dirname(file), "prod.yaml"));
    await expect(run(file)).rejects.toThrow("no env file has this environment");
    expect(cloud.requests).toEqual([]);
  });
});

describe("--adopt", () => {
  it("adopts a job that has the name and no mark, and sets all of its fields", async () => {
    const job = addJob(cloud.world, { name: nameOf("extract"), description: "Mine", execute_steps: ["dbt run"] });
    addVariable(cloud.world, "DBT_HAND", "made", job.id);
    const { text } = await run(devFile({ extract: JOBS.extract }), { adopt: true });
    expect(dependencies.said[0]).toContain("      mark: none → deployed ");
    expect(text).toContain("0 created, 1 updated, 0 deleted, 0 unchanged, 0 failed.");
    expect(liveJobs(cloud.world)).toHaveLength(1);
    expect(markOf(jobOf("extract").description)).toMatchObject(branch().owner);
    expect(overridesOf(cloud.world, job.id)).toEqual({ DBT_SCHEMA: "marketing_feature_x_jennifer" });
    expect((await run(devFile({ extract: JOBS.extract }))).text).toContain("1 unchanged");
  });

  it("does not adopt somebody else's marked job", async () => {
    const theirs = addJob(cloud.world, {
      name: nameOf("extract"),
      description: 'x\n\ndbt-job-manager/v2 {"owner":"sam"}',
    });
    const before = bytesOf(cloud.world, [theirs.id]);
    const { exitCode } = await run(devFile({ extract: JOBS.extract }), { adopt: true });
    expect([exitCode, writes(), bytesOf(cloud.world, [theirs.id])]).toEqual([EXIT.failed, [], before]);
  });
});

describe("a copy that somebody made in dbt Cloud", () => {
  it("is reported, and stays unchanged", async () => {
    const file = devFile({ extract: JOBS.extract });
    await run(file);
    const copy = addJob(cloud.world, { name: "Copy of it", description: jobOf("extract").description });
    const before = bytesOf(cloud.world, [copy.id]);
    const { text } = await run(devFile({ extract: jobData({ threads: 9 }) }));
    expect(text).toContain(
      `Copies of this branch's jobs, which were made in dbt Cloud and are not changed: job ${copy.id} "Copy of it".`,
    );
    expect(bytesOf(cloud.world, [copy.id])).toBe(before);
    expect(jobOf("extract").settings.threads).toBe(9);
  });

  it("stays after the key is removed from the file, also after several deploys", async () => {
    const jobs = { attribution: JOBS.attribution, validation: JOBS.validation };
    await run(devFile({ extract: JOBS.extract, ...jobs }));
    const copy = addJob(cloud.world, { name: "Copy of it", description: jobOf("extract").description });
    const before = bytesOf(cloud.world, [copy.id]);
    const totals: (string | undefined)[] = [];
    for (let i = 0; i < 3; i++) totals.push((await run(devFile(jobs), { adopt: i === 2 })).text.split("\n").at(-3));
    expect(totals).toEqual([
      "0 created, 0 updated, 1 deleted, 2 unchanged, 0 failed.",
      "0 created, 0 updated, 0 deleted, 2 unchanged, 0 failed.",
      "0 created, 0 updated, 0 deleted, 2 unchanged, 0 failed.",
    ]);
    expect(bytesOf(cloud.world, [copy.id])).toBe(before);
  });
});

describe("a job that was renamed in dbt Cloud", () => {
  it("is not changed without --adopt, and a note says so", async () => {
    const file = devFile({ extract: JOBS.extract });
    await run(file);
    const job = jobsOf(cloud.world).put({ ...jobOf("extract"), name: "mine now" });
    const before = bytesOf(cloud.world, [job.id]);
    const { text } = await run(file);
    expect(text).toContain("1 created, 0 updated, 0 deleted, 0 unchanged, 0 failed.");
    expect(text).toContain(`extract is a new job, although job ${job.id} "mine now" has its mark`);
    expect(bytesOf(cloud.world, [job.id])).toBe(before);
  });

  it("gets its name and its variables back with --adopt", async () => {
    const file = devFile({ extract: JOBS.extract });
    await run(file);
    const job = jobsOf(cloud.world).put({ ...jobOf("extract"), name: "mine now" });
    addVariable(cloud.world, "DBT_HAND", "made", job.id);
    const { text } = await run(file, { adopt: true });
    expect(text).toContain("0 created, 1 updated, 0 deleted, 0 unchanged, 0 failed.");
    expect([jobOf("extract").id, Object.keys(overridesOf(cloud.world, job.id))]).toEqual([job.id, ["DBT_SCHEMA"]]);
  });
});

describe("a failure", () => {
  it("does not stop the other jobs, and prevents deletes", async () => {
    await run(devFile({ extract: JOBS.extract, gone: jobData() }));
    await cloud.order({ kind: "status", code: 400, method: "POST", path: "/jobs/\\d+/$" });
    const jobs = { extract: jobData({ threads: 9 }), validation: JOBS.validation };
    const { exitCode, text, json } = await run(devFile(jobs));
    expect(exitCode).toBe(EXIT.failed);
    const lines = text.split("\n");
    expect(lines.find((line) => line.startsWith("failed    extract"))).toMatch(
      /^failed {4}extract {2}update: dbt Cloud refused the request \(400\); change what its answer names; detail: A fault that was ordered; request: POST v2\/jobs\/\d+\/ \/deploy\/12345\/projects\/102\/jobs\/\d+$/,
    );
    expect(lines.find((line) => line.startsWith("failed    gone"))).toBe(
      "failed    gone  delete: not deleted, because another job failed",
    );
    expect(lines).toContain("1 created, 0 updated, 0 deleted, 0 unchanged, 2 failed.");
    const { applied } = json as { applied: { key: string; error?: string; url: string | null }[] };
    expect(applied.map(({ key, error, url }) => [key, error === undefined, url !== null])).toEqual([
      ["extract", false, true],
      ["validation", true, true],
      ["gone", false, true],
    ]);
    expect(liveJobs(cloud.world).map(({ name }) => name)).toContain(nameOf("gone"));
  });

  it("of a read changes nothing", async () => {
    for (const fault of [{ kind: "short_page" }, { kind: "html", code: 200 }]) {
      const file = devFile();
      await run(file, { yes: true });
      await cloud.order({ ...fault, method: "GET" });
      await expect(run(devFile({ extract: JOBS.extract }), { yes: true })).rejects.toThrow(
        /^dbt Cloud .*\n {2}request: GET v/s,
      );
      await cloud.order();
      expect(liveJobs(cloud.world)).toHaveLength(4);
    }
  });
});

describe("DBTCLOUD_READONLY", () => {
  it("allows a dry run, and refuses a deploy once, before the first request", async () => {
    expect((await run(devFile(), { dryRun: true }, { DBTCLOUD_READONLY: "1" })).exitCode).toBe(EXIT.ok);
    cloud.requests.length = 0;
    const { exitCode, message } = await refusalOf(run(devFile(), {}, { DBTCLOUD_READONLY: "1" }));
    expect([exitCode, cloud.requests]).toEqual([EXIT.failed, []]);
    expect(message).toBe(
      "Unset DBTCLOUD_READONLY to deploy, or show the changes with `dbt-job-manager plan`. DBTCLOUD_READONLY blocks every " +
        "write, so nothing was sent.",
    );
  });
});

describe("--run", () => {
  const jobs = {
    campaigns: jobData({ schedule: { at: ["07:00"] }, expects: ["attribution"] }),
    attribution: jobData({ schedule: { at: ["06:00"] }, expects: ["extract"] }),
    extract: jobData({ schedule: { at: ["05:00"] } }),
  };

  it("runs the jobs after the deploy, each after the jobs that it expects", async () => {
    ends = [10];
    const { exitCode } = await run(devFile(jobs), { run: true });
    expect(exitCode).toBe(EXIT.ok);
    const ran = runsOf(cloud.world)
      .all()
      .map((one) => jobsOf(cloud.world).get(one.job_definition_id)!.name);
    expect(ran).toEqual(["extract", "attribution", "campaigns"].map(nameOf));
    expect(runsOf(cloud.world).all()[0]!.trigger).toMatchObject({
      git_branch: "feature/x",
      schema_override: "marketing_feature_x_jennifer",
    });
  });

  it("fails when a run fails", async () => {
    ends = [20];
    const { exitCode, json } = await run(devFile(jobs), { run: true });
    expect(exitCode).toBe(EXIT.failed);
    const [ran] = runsOf(cloud.world).all();
    expect(json).toMatchObject({
      runs: [
        { key: "extract", run_id: ran!.id, status: "Error", failed: [] },
        { key: "attribution", run_id: null, status: "not started", url: null },
        { key: "campaigns", run_id: null },
      ],
    });
  });

  it("also runs existing jobs, but only the selected ones", async () => {
    ends = [10];
    await run(devFile(jobs));
    await run(devFile(jobs), { run: true, only: ["extract"] });
    expect(
      runsOf(cloud.world)
        .all()
        .map(({ job_definition_id }) => job_definition_id),
    ).toEqual([jobOf("extract").id]);
  });

  it("runs nothing when the deploy failed", async () => {
    await cloud.order({ kind: "status", code: 400, method: "POST", path: "/jobs/$", times: 1 });
    await run(devFile(jobs), { run: true });
    expect(runsOf(cloud.world).all()).toEqual([]);
  });
});
