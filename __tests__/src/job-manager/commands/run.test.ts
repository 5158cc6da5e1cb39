import { dirname, join } from "node:path";
import { run, type RunCommandOptions } from "../../../../src/job-manager/commands/run";
import { CommandError, type CommandResult } from "../../../../src/job-manager/commands/command";
import { EXIT } from "../../../../src/job-manager/exit-codes";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { mark, record } from "../../../support/branch-records";
import { refusalOf } from "../../../support/command-refusal";
import { jobData } from "../../../support/env-file";
import { addJob, bytesOf, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf, endQueuedRuns } from "../../../support/run-rows";
import { bench, devFile, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let ends: (10 | 20 | 30)[];
let said: readonly string[];
beforeEach(async () => {
  ends = [];
  cloud = await openCloud((world) => {
    if (ends.length > 0) endQueuedRuns(world, ends);
  });
});
afterEach(() => cloud.close());

async function start(
  keys: readonly string[],
  options: Partial<RunCommandOptions> = {},
  env: Record<string, string> = {},
): Promise<CommandResult> {
  const all = { config: devFile(), keys, wait: false, retry: false, ...options };
  const dependencies = bench({ ...personEnv(cloud), ...env });
  said = dependencies.said;
  const result = await run(all, dependencies);
  return { ...result, text: result.text.replaceAll(cloud.url, "") };
}

function add(key: string): number {
  const { name, description } = record({ mark: mark({ key }) });
  return addJob(cloud.world, { name, description }).id;
}

const runs = (): ReturnType<typeof runsOf>["all"] extends () => infer R ? R : never => runsOf(cloud.world).all();

describe("running a branch's jobs", () => {
  it("runs them on the branch and in its schema", async () => {
    const id = add("attribution");
    const { exitCode, text, json } = await start(["attribution"]);
    expect(runs()).toMatchObject([
      {
        job_definition_id: id,
        trigger: { git_branch: "feature/x", schema_override: "marketing_feature_x_jennifer" },
      },
    ]);
    const [ran] = runs();
    expect([exitCode, text]).toEqual([0, `attribution: Queued  /deploy/12345/projects/102/runs/${ran!.id}`]);
    expect(json).toEqual([
      {
        key: "attribution",
        run_id: ran!.id,
        status: "Queued",
        dbt_version: "latest",
        url: `${cloud.url}/deploy/12345/projects/102/runs/${ran!.id}`,
        found: false,
        failed: [],
      },
    ]);
  });

  it("waits, fails when a run fails, and reports the jobs that were not started", async () => {
    ends = [20];
    add("attribution");
    add("extract");
    const { exitCode, text, json } = await start(["attribution", "extract"], { wait: true });
    expect([exitCode, runs().length]).toEqual([1, 1]);
    expect(text.split("\n")).toEqual([
      `attribution: Error  /deploy/12345/projects/102/runs/${runs()[0]!.id}`,
      "extract: not started, because a job before it failed",
    ]);
    expect(json).toMatchObject([{ status: "Error" }, { run_id: null, status: "not started", url: null }]);
  });

  it("needs keys of jobs that are deployed", async () => {
    add("attribution");
    await expect(start(["atribution"])).rejects.toThrow("did you mean attribution?");
    await expect(start(["attribution", "extract"])).rejects.toThrow(
      "extract is not deployed; `dbt-job-manager deploy --only extract` deploys it for branch feature/x",
    );
    expect(runs()).toEqual([]);
  });

  it("runs no job of another branch, nor one without a mark", async () => {
    const { name, description } = record({ mark: mark({ ref: "feature-x" }) });
    addJob(cloud.world, { name, description });
    addJob(cloud.world, { name });
    await expect(start(["attribution"])).rejects.toThrow(CommandError);
    expect(runs()).toEqual([]);
  });

  it("runs nothing while a deploy is unfinished, because a run would build into the shared schema", async () => {
    add("attribution");
    const { name, description } = record({ mark: mark({ key: "validation", pending: true }) });
    const { id } = addJob(cloud.world, { name, description });
    await expect(start(["attribution"])).rejects.toThrow(
      "a deploy of this branch was interrupted, so its jobs may not build into marketing_feature_x_jennifer yet. " +
        "Nothing was run. Finish the deploy with `dbt-job-manager deploy`.",
    );
    expect(runs()).toEqual([]);
    jobsOf(cloud.world).remove(id);
    expect((await start(["attribution"])).exitCode).toBe(0);
  });

  it("is blocked by DBTCLOUD_READONLY before the first request", async () => {
    add("attribution");
    const { exitCode, message } = await refusalOf(start(["attribution"], {}, { DBTCLOUD_READONLY: "1" }));
    expect([exitCode, runs(), cloud.requests]).toEqual([EXIT.failed, [], []]);
    expect(message).toBe(
      "Unset DBTCLOUD_READONLY to run jobs, or show the last runs with `dbt-job-manager status`. DBTCLOUD_READONLY blocks every " +
        "write, so nothing was sent.",
    );
  });
});

describe("--all", () => {
  it("runs the deployed jobs, each after the jobs that it expects", async () => {
    ends = [10];
    const config = devFile({
      campaigns: jobData({ expects: ["attribution"] }),
      attribution: jobData({ expects: ["extract"] }),
      extract: jobData({}),
      other: jobData({}),
    });
    for (const key of ["campaigns", "attribution", "extract"]) add(key);
    const { text } = await start([], { config, all: true, wait: true });
    expect(text.split("\n").map((line) => line.split(": ")[0])).toEqual(["extract", "attribution", "campaigns"]);
  });

  it("needs a deployed job", async () => {
    await expect(start([], { all: true })).rejects.toThrow("is not deployed; `dbt-job-manager deploy --only");
  });

  it.each([
    [["attribution"], true, "--all and keys exclude each other; leave one of them out"],
    [[], false, "name the jobs to run, or add --all"],
  ])("with keys %p and --all %p is refused", async (keys, all, words) => {
    const { exitCode, message } = await refusalOf(start(keys, { all }));
    expect([exitCode, message]).toEqual([EXIT.usage, `${words}. \`dbt-job-manager show\` lists the keys.`]);
  });
});

describe("running jobs with a run key", () => {
  it("reports a run that an earlier command started", async () => {
    add("attribution");
    await start(["attribution"], { runKey: "night" });
    expect((await start(["attribution"], { runKey: "night" })).json).toMatchObject([{ run_id: 1, found: true }]);
    expect(runs()).toHaveLength(1);
  });

  it("refuses a wrong key before any request", async () => {
    const { exitCode } = await refusalOf(start(["attribution"], { runKey: "a b" }));
    expect([exitCode, cloud.requests]).toEqual([EXIT.usage, []]);
  });
});

describe("running jobs with another dbt version", () => {
  it("sends it as the run's own, and shows the version that dbt Cloud reports", async () => {
    ends = [10];
    add("attribution");
    const { exitCode, text, json } = await start(["attribution"], { dbtVersion: "compatible", wait: true });
    expect(runs()).toMatchObject([{ dbt_version: "compatible", trigger: { dbt_version_override: "compatible" } }]);
    expect([exitCode, text]).toEqual([
      0,
      `attribution: Success with dbt compatible  /deploy/12345/projects/102/runs/${runs()[0]!.id}`,
    ]);
    expect(said[0]).toMatch(/^attribution: run \d+ started with dbt compatible {2}http:/);
    expect(json).toMatchObject([{ key: "attribution", dbt_version: "compatible" }]);
  });

  it("is optional: a run without the option has the version of its job", async () => {
    add("attribution");
    const { text } = await start(["attribution"]);
    expect(runs()).toMatchObject([{ dbt_version: "latest", trigger: { dbt_version_override: null } }]);
    expect([said[0], text].join()).not.toContain("with dbt");
  });

  it.each(["latest", "fusion-stable", "1.11.0-latest"])("takes %s", async (dbtVersion) => {
    add("attribution");
    await start(["attribution"], { dbtVersion });
    expect(runs()).toMatchObject([{ dbt_version: dbtVersion }]);
  });

  it.each(["", "compatibel", "1.11", "1.11.0", "latest "])("refuses %p before any request", async (dbtVersion) => {
    add("attribution");
    const { exitCode, message } = await refusalOf(start(["attribution"], { dbtVersion }));
    expect([exitCode, cloud.requests]).toEqual([EXIT.usage, []]);
    expect(message.split("\n")).toEqual([
      "--dbt-version: it is not a release track or a version of dbt",
      `  got:     ${dbtVersion}`,
      expect.stringMatching(/^ {2}allowed: a release track \(latest, compatible, .*\) or a version such as /),
      "  fix:     use one of these words, or leave the option out",
    ]);
  });

  it("refuses --retry, because dbt Cloud cannot combine them", async () => {
    const id = add("attribution");
    addRunOf(cloud.world, id, { status: 20 });
    const { exitCode, message } = await refusalOf(start(["attribution"], { dbtVersion: "compatible", retry: true }));
    expect([exitCode, message, cloud.requests]).toEqual([
      EXIT.usage,
      "--dbt-version and --retry exclude each other: a retry uses the dbt version of the failed run; leave one of them out",
      [],
    ]);
  });
});

describe("running production's jobs", () => {
  const config = (): string => join(dirname(devFile()), "prod.yaml");

  it("runs them without a change", async () => {
    const { id } = addJob(cloud.world, { name: "marketing-team-attribution-production", environment_id: 302 });
    const before = bytesOf(cloud.world, [id]);
    await start(["attribution"], { config: config() }, { CI_COMMIT_REF_NAME: "" });
    expect(runs()).toMatchObject([{ trigger: { git_branch: null, schema_override: null } }]);
    expect(bytesOf(cloud.world, [id])).toBe(before);
  });

  it("reports how to create a missing job", async () => {
    await expect(start(["attribution"], { config: config() })).rejects.toThrow(
      "attribution is not deployed; `npx cdktf deploy production` creates it",
    );
  });
});

describe("--bootstrap", () => {
  const chain = (): string =>
    devFile({
      extract: jobData({}),
      attribution: jobData({ defer_to: { job: "extract" } }),
      campaigns: jobData({ defer_to: { job: "attribution" } }),
    });
  const order = (): string[] => {
    const names = new Map(
      jobsOf(cloud.world)
        .all()
        .map(({ id, name }) => [id, name]),
    );
    return runs().map(({ job_definition_id }) => names.get(job_definition_id)!);
  };

  it("runs the targets that have not succeeded, in order, and then the job", async () => {
    ends = [10];
    const names = ["campaigns", "attribution", "extract"].map((key) => jobsOf(cloud.world).get(add(key))!.name);
    const { exitCode, text } = await start(["campaigns"], { config: chain(), bootstrap: true });
    expect([exitCode, order()]).toEqual([0, names.toReversed()]);
    expect(text.split("\n").map((line) => line.split(": ")[0])).toEqual(["extract", "attribution", "campaigns"]);
  });

  it("does not run a target again that has succeeded, although its newest run failed", async () => {
    ends = [10];
    const [, attribution] = ["campaigns", "attribution", "extract"].map(add);
    addRunOf(cloud.world, attribution!, { status: 10 });
    addRunOf(cloud.world, attribution!, { status: 20 });
    expect((await start(["campaigns"], { config: chain(), bootstrap: true })).text).toMatch(/^campaigns: Success .*$/);
    expect(runs()).toHaveLength(3);
  });

  it("stops at a target that fails", async () => {
    ends = [20];
    for (const key of ["campaigns", "attribution", "extract"]) add(key);
    const { exitCode, text } = await start(["campaigns"], { config: chain(), bootstrap: true });
    expect([exitCode, runs().length]).toEqual([1, 1]);
    expect(text).toContain("campaigns: not started, because a job before it failed");
  });

  it("runs nothing when an environment that a job defers to has no successful run, and names it", async () => {
    add("extract");
    const config = devFile({ extract: jobData({ defer_to: { environment: "production" } }) });
    const { exitCode, message } = await refusalOf(start(["extract"], { config, bootstrap: true }));
    expect([exitCode, runs()]).toEqual([EXIT.failed, []]);
    expect(message).toBe(
      "Run a job of production first: extract defers to the environment production, where no run has succeeded. Nothing was " +
        `run. \`dbt-job-manager status --config ${join(dirname(config), "prod.yaml")}\` shows the jobs of production.`,
    );
  });
});
