import { runJobs, type RunOptions, type RunReport } from "../../../../src/job-manager/runs/run-jobs";
import { runKeyOf } from "../../../../src/job-manager/runs/run-key";
import { cancelRun } from "../../../../packages/local-dbt-cloud/resources/runs/ending";
import { runsOf, type Run, type Status } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf, changeRun, type RunWish } from "../../../support/run-rows";
import { clientOf } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let job: number;
let said: string[];
beforeEach(async () => {
  cloud = await openCloud();
  job = addJob(cloud.world).id;
  said = [];
});
afterEach(() => cloud.close());

/** Runs the job as a command does, without waiting. */
async function run(options: Partial<RunOptions> = {}, ids = [job]): Promise<RunReport[]> {
  return runJobs(
    clientOf(cloud),
    ids.map((id) => ({ key: "a", id })),
    {
      by: "jennifer",
      retry: false,
      wait: false,
      runKey: "night",
      branch: { ref: "x", schema: "s" },
      report: (line) => said.push(line),
      show: () => undefined,
      clock: { now: () => new Date(0) },
      random: Math.random,
      pollMilliseconds: 1,
      ...options,
    },
  );
}

const runs = (): readonly Run[] => runsOf(cloud.world).all();
const ids = (): number[] => runs().map(({ id }) => id);
const end = ({ id }: { id: number }, wish: RunWish): Run => changeRun(cloud.world, runsOf(cloud.world).get(id)!, wish);
const FAILED: RunWish = { status: 20, steps: [["dbt build", 20]], results: '{"results": []}' };

describe("a run key", () => {
  it("is in the cause of the run", async () => {
    await run();
    expect(runs()[0]!.trigger.cause).toMatch(
      /^Started by jennifer with dbt-job-manager \([0-9a-f]{8}\) \[run-key: night\]$/,
    );
  });

  it.each<[Status, string]>([
    [1, "is in progress"],
    [3, "is in progress"],
    [10, "has ended with Success"],
    [20, "has ended with Error"],
    [30, "has ended with Cancelled"],
  ])("starts no second run after one with status %d", async (status, words) => {
    const [first] = await run();
    end(first!.run!, { status });
    const [again] = await run();
    expect([again!.isFound, again!.run!.id, ids()]).toEqual([true, first!.run!.id, [first!.run!.id]]);
    expect(said.at(-1)).toMatch(
      new RegExp(`^a: run ${first!.run!.id} of the run key night ${words}, so no other run is started {2}http`),
    );
  });

  it("is found behind the newer runs of the job's schedule", async () => {
    await run();
    for (let i = 0; i < 60; i++) addRunOf(cloud.world, job);
    await run();
    expect(ids()).toHaveLength(61);
  });

  it.each(["night2", "nigh", "night/2"])("is another one than %s", async (runKey) => {
    await run({ runKey });
    expect((await run())[0]!.isFound).toBe(false);
    expect(ids()).toHaveLength(2);
  });

  it("belongs to one job", async () => {
    await run();
    const other = addJob(cloud.world).id;
    await run({}, [other]);
    expect(runs().map(({ job_definition_id: id }) => id)).toEqual([job, other]);
  });

  it("allows a command to run a job twice, and does so once", async () => {
    await run({}, [job, job]);
    await run({}, [job, job]);
    expect(ids()).toHaveLength(2);
  });

  it("gives one run to two commands at the same time", async () => {
    const reports = (await Promise.all([run(), run(), run()])).flat();
    expect(new Set(reports.map(({ run: ran }) => ran!.id))).toEqual(new Set([Math.min(...ids())]));
    expect(runs().filter(({ status }) => status !== 30)).toHaveLength(1);
  });

  it.each([
    ["429", { kind: "status", code: 429, retry_after: 1 }],
    ["a connection that is lost before the write", { kind: "drop_before" }],
    ["a connection that is lost after the write", { kind: "drop_after" }],
  ])("gives one run after %s", async (_, fault) => {
    await cloud.order({ ...fault, method: "POST", times: 2 });
    await run();
    expect((await run())[0]!.isFound).toBe(true);
    expect(ids()).toHaveLength(1);
  });
});

describe("--retry with a run key", () => {
  it("retries the key's run that failed, follows the retry, and stops after its success", async () => {
    const [first] = await run({ retry: true });
    end(first!.run!, FAILED);
    const [retried] = await run({ retry: true });
    expect(runsOf(cloud.world).get(retried!.run!.id)).toMatchObject({ retrying_run_id: first!.run!.id });
    expect((await run({ retry: true }))[0]!.run!.id).toBe(retried!.run!.id);
    end(retried!.run!, { status: 10 });
    expect((await run({ retry: true }))[0]).toMatchObject({ isFound: true, run: { id: retried!.run!.id, status: 10 } });
    expect(ids()).toHaveLength(2);
  });

  it("does not retry the failed run of another key", async () => {
    end((await run({ runKey: "evening" }))[0]!.run!, FAILED);
    await run({ retry: true });
    expect(runs().at(-1)).toMatchObject({ retrying_run_id: null, trigger: { git_branch: "x" } });
  });

  it("starts a new run when dbt Cloud can only retry a newer run of the job", async () => {
    end((await run())[0]!.run!, FAILED);
    end(addRunOf(cloud.world, job), FAILED);
    const [report] = await run({ retry: true });
    expect(runsOf(cloud.world).get(report!.run!.id)).toMatchObject({
      retrying_run_id: null,
      trigger: { git_branch: "x" },
    });
    expect((await run({ retry: true }))[0]!.run!.id).toBe(report!.run!.id);
  });

  it("does not take the retry of another run for its own", async () => {
    const [first] = await run();
    end(first!.run!, FAILED);
    end(addRunOf(cloud.world, job), FAILED);
    addRunOf(cloud.world, job, { by: "rerun", status: 10 });
    expect((await run())[0]!.run!.id).toBe(first!.run!.id);
  });

  it("starts a new run after a cancelled one, on the branch", async () => {
    const [first] = await run();
    cancelRun(cloud.world, runsOf(cloud.world).get(first!.run!.id)!);
    await run({ retry: true });
    expect(runs().map(({ status, trigger }) => [status, trigger.schema_override])).toEqual([
      [30, "s"],
      [1, "s"],
    ]);
  });
});

describe("--retry without a run key", () => {
  it("follows a run in progress", async () => {
    const { id } = addRunOf(cloud.world, job, { status: 3 });
    expect((await run({ retry: true, runKey: undefined }))[0]).toMatchObject({ isFound: true, run: { id } });
    expect(said[0]).toMatch(new RegExp(`^a: run ${id} is in progress, so no other run is started {2}http`));
    expect(ids()).toEqual([id]);
  });

  it("starts a new run on the branch when dbt Cloud cannot retry the failed one", async () => {
    addRunOf(cloud.world, job, { status: 20, steps: [["Clone git repository", 20]] });
    await run({ retry: true, runKey: undefined });
    expect(runs().at(-1)!.trigger).toMatchObject({ git_branch: "x", schema_override: "s" });
  });
});

describe("the run key of a command", () => {
  it("is the option, else the job of the GitLab pipeline, else none", () => {
    const gitlab = { CI_PIPELINE_ID: "77", CI_JOB_NAME_SLUG: "run-branch-jobs" };
    expect(runKeyOf("a/b:1", gitlab)).toBe("a/b:1");
    expect(runKeyOf(undefined, gitlab)).toBe("gitlab-77-run-branch-jobs");
    expect(runKeyOf(undefined, { CI_PIPELINE_ID: "77" })).toBeUndefined();
    expect(runKeyOf(undefined, {})).toBeUndefined();
  });

  it.each(["", " ", "a b", "a]", "ä", "x".repeat(101)])("is not %p", (key) => {
    expect(() => runKeyOf(key, {})).toThrow(`--run-key: it is not a run key\n  got:     ${key}\n  allowed: 1 to 100`);
  });
});
