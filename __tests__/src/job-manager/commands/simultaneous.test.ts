import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { cleanup } from "../../../../src/job-manager/commands/cleanup";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { deploy, type DeployOptions } from "../../../../src/job-manager/commands/deploy";
import { EXIT } from "../../../../src/job-manager/exit-codes";
import { branch } from "../../../support/branch-records";
import { addVariable, liveJobs, openCloud, overridesOf, type ListeningCloud } from "../../../support/listening-cloud";
import { requestProxy, type RequestProxy } from "../../../support/request-proxy";
import { addRunOf, endQueuedRuns } from "../../../support/run-rows";
import { bench, devFile, JOBS, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let proxy: RequestProxy | undefined;
beforeEach(async () => {
  cloud = await openCloud((world) => {
    endQueuedRuns(world, [10]);
  });
});
afterEach(async () => {
  await cloud.close();
  await proxy?.close();
});

/** A proxy in front of the cloud. Before it forwards the first request of a kind, it waits for an event. */
async function whenAsked(kind: RegExp, event: () => unknown): Promise<string> {
  let isDone = false;
  proxy = await requestProxy(cloud.url, {
    before: async (_, line) => {
      if (isDone || !kind.test(line)) return true;
      isDone = true;
      await event();
      return true;
    },
  });
  return proxy.url;
}

function deployAt(url: string, jobs: object = JOBS, more: Partial<DeployOptions> = {}): Promise<CommandResult> {
  const off = { dryRun: false, exitCode: false, only: [], adopt: false, full: false, yes: true, run: false };
  return deploy({ config: devFile({ ...jobs }), ...off, ...more }, bench(personEnv({ url })));
}

function cleanupAt(url: string): Promise<CommandResult> {
  const off = { merged: false, allUsers: false, dryRun: false, yes: true, cancel: false };
  return cleanup({ config: devFile(), branch: "feature/x", ...off }, bench(personEnv({ url })));
}

const names = (): string[] => liveJobs(cloud.world).map(({ name }) => name);
const allNames = Object.keys(JOBS).map(branch().nameOf).sort();
const createJob = /^POST \S+\/jobs\/$/;
const startRun = /^POST \S+\/run\/$/;

describe("a deploy while a clean-up drops the schema", () => {
  it("keeps all of its jobs, and the clean-up reports why it did not finish", async () => {
    await deployAt(cloud.url);
    const deployed: CommandResult[] = [];
    const url = await whenAsked(startRun, async () => deployed.push(await deployAt(cloud.url)));
    const { exitCode, text } = await cleanupAt(url);
    expect([deployed[0]?.exitCode, names().sort()]).toEqual([EXIT.ok, allNames]);
    expect(exitCode).toBe(EXIT.failed);
    expect(text).toContain(
      "a deploy added 3 jobs with this branch's schema during this clean-up; deploy again, or start the clean-up again. " +
        "Schema marketing_feature_x_jennifer was dropped",
    );
  });
});

describe("a clean-up during a deploy", () => {
  const { validation, ...rest } = JOBS;

  it("makes the deploy end with an error, because a job is gone", async () => {
    await deployAt(cloud.url, { validation });
    const cleaned: CommandResult[] = [];
    const url = await whenAsked(createJob, async () => cleaned.push(await cleanupAt(cloud.url)));
    const { exitCode, text } = await deployAt(url, { ...rest, validation });
    expect([cleaned[0]?.exitCode, names().length]).toEqual([EXIT.ok, 3]);
    expect(exitCode).toBe(EXIT.failed);
    expect(text).toMatch(/failed {4}validation {2}update: job \d+ was deleted during this deploy, by a clean-up/);
    expect(text).toContain("3 created, 0 updated, 0 deleted, 0 unchanged, 1 failed.");
    expect((await deployAt(cloud.url)).exitCode).toBe(EXIT.ok);
    expect(names().sort()).toEqual(allNames);
  });

  it("starts no run with --run", async () => {
    await deployAt(cloud.url, { validation });
    const url = await whenAsked(createJob, () => cleanupAt(cloud.url));
    const { json } = await deployAt(url, { ...rest, validation }, { run: true });
    expect(json).toMatchObject({ runs: [] });
  });
});

describe("two deploys of a branch at the same time", () => {
  it("leave no doubles: the later deploy deletes its own jobs, and reports it", async () => {
    const first: CommandResult[] = [];
    const url = await whenAsked(createJob, async () => first.push(await deployAt(cloud.url)));
    const second = await deployAt(url);
    expect([first[0]?.exitCode, second.exitCode, names().sort()]).toEqual([EXIT.ok, EXIT.failed, allNames]);
    expect(second.text).toMatch(
      /failed {4}extract {2}create: a different deploy of this branch ran at the same time and created job \d+ for it first, so job \d+ was deleted; deploy again/,
    );
    const { text } = await deployAt(cloud.url);
    expect(text).toContain("0 created, 0 updated, 0 deleted, 4 unchanged, 0 failed.");
  });

  const jobsWith = (value: string | undefined, more: object = {}): object => {
    addVariable(cloud.world, "DBT_A", "of the project");
    return {
      ...JOBS,
      extract: { ...JOBS.extract, ...more, environment_variables: value === undefined ? {} : { DBT_A: value } },
    };
  };
  const ownValue = (): string | undefined => {
    const job = liveJobs(cloud.world).find(({ name }) => name === branch().nameOf("extract"))!;
    return overridesOf(cloud.world, job.id)["DBT_A"];
  };
  const changedItsValues =
    /failed {4}extract {2}\w+: a different deploy of this branch, or a person, has changed its environment variables; deploy again to correct them/;

  it.each([
    [undefined, "60"],
    ["7", undefined],
  ])("keep no value of the deploy that wrote first: %s before, and %s by that deploy", async (before, theirs) => {
    await deployAt(cloud.url, jobsWith(before));
    const first: CommandResult[] = [];
    const url = await whenAsked(/^POST \S+\/jobs\/\d+\/$/, async () =>
      first.push(await deployAt(cloud.url, jobsWith(theirs))),
    );
    const ours = jobsWith(before, { threads: 8 });
    const { exitCode, text } = await deployAt(url, ours);
    expect([first[0]?.exitCode, exitCode, ownValue()]).toEqual([EXIT.ok, EXIT.failed, theirs]);
    expect(text).toMatch(changedItsValues);
    expect((await deployAt(cloud.url, ours)).exitCode).toBe(EXIT.ok);
    expect(ownValue()).toBe(before);
    expect((await deployAt(cloud.url, ours)).text).toContain("0 created, 0 updated, 0 deleted, 4 unchanged, 0 failed.");
  });

  it("keep no value that a person has added to a job that the deploy updates", async () => {
    await deployAt(cloud.url);
    const job = liveJobs(cloud.world).find(({ name }) => name === branch().nameOf("extract"))!;
    addVariable(cloud.world, "DBT_A", "by hand", job.id);
    const ours = jobsWith(undefined, { threads: 8 });
    expect((await deployAt(cloud.url, ours)).text).toMatch(changedItsValues);
    expect((await deployAt(cloud.url, ours)).exitCode).toBe(EXIT.ok);
    expect(ownValue()).toBeUndefined();
  });

  it("keep no value of the deploy that created a job, and wrote the value after the other one", async () => {
    const first: CommandResult[] = [];
    const url = await whenAsked(/^POST \S+\/environment-variables\/$/, async () =>
      first.push(await deployAt(cloud.url, jobsWith(undefined))),
    );
    const { exitCode } = await deployAt(url, jobsWith("60"));
    expect([first[0]?.exitCode, exitCode]).toEqual([EXIT.ok, EXIT.failed]);
    expect((await deployAt(cloud.url, jobsWith(undefined))).exitCode).toBe(EXIT.ok);
    expect(ownValue()).toBeUndefined();
  });
});

describe("a second look that fails", () => {
  it("makes the deploy end with an error that names the reason", async () => {
    let lists = 0;
    proxy = await requestProxy(cloud.url, {
      rewrite: (method, url, text) => (method === "GET" && /\/jobs\/\?/.test(url) && ++lists > 1 ? "{" : text),
    });
    const { exitCode, text } = await deployAt(proxy.url);
    expect([exitCode, names().sort()]).toEqual([EXIT.failed, allNames]);
    expect(text).toContain(
      "It was not possible to check that no other deploy or clean-up ran at the same time: dbt Cloud answered",
    );
  });
});

describe("a clean-up of a job that changes after the list", () => {
  it("keeps a job whose run starts", async () => {
    await deployAt(cloud.url);
    const [first] = liveJobs(cloud.world);
    const url = await whenAsked(/^GET \S+\/jobs\/\d+\//, () => addRunOf(cloud.world, first!.id, { status: 3 }));
    const { exitCode, text } = await cleanupAt(url);
    expect([exitCode, names().includes(first!.name)]).toEqual([EXIT.failed, true]);
    expect(text).toMatch(/run \d+ has started during this clean-up; try again when it has ended, or add --cancel/);
  });

  it("keeps a job that was deployed again or renamed", async () => {
    await deployAt(cloud.url);
    const [first] = liveJobs(cloud.world);
    const url = await whenAsked(/^GET \S+\/jobs\/\d+\//, () => jobsOf(cloud.world).put({ ...first!, name: "mine" }));
    const { exitCode, text } = await cleanupAt(url);
    expect([exitCode, names().includes("mine")]).toEqual([EXIT.failed, true]);
    expect(text).toContain("branch feature/x was deployed, or the job was changed, during this clean-up");
  });
});
