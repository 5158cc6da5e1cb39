import { jobsOf, type Job } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { markedDescription } from "../../../../src/job-manager/branch-jobs/mark";
import { cleanup } from "../../../../src/job-manager/commands/cleanup";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { deploy } from "../../../../src/job-manager/commands/deploy";
import { EXIT } from "../../../../src/job-manager/exit-codes";
import { branch, mark } from "../../../support/branch-records";
import {
  addJob,
  addVariable,
  bytesOf,
  liveJobs,
  openCloud,
  type ListeningCloud,
} from "../../../support/listening-cloud";
import { requestProxy, type ProxyHooks, type RequestProxy } from "../../../support/request-proxy";
import { addRunOf, endQueuedRuns } from "../../../support/run-rows";
import { bench, devFile, JOBS, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let production: Job;
let before: string;
let proxy: RequestProxy | undefined;
beforeEach(async () => {
  cloud = await openCloud((world) => {
    endQueuedRuns(world, [10]);
  });
  const { id } = addJob(cloud.world, { name: "production", environment_id: 302, triggers: { schedule: true } });
  production = jobsOf(cloud.world).get(id)!;
  before = bytesOf(cloud.world, [id]);
});
afterEach(async () => {
  await cloud.close();
  await proxy?.close();
});

const unchanged = (): boolean => bytesOf(cloud.world, [production.id]) === before;
const ours = (): Job[] => liveJobs(cloud.world).filter(({ environment_id: id }) => id === 999);

/** The environment variables of a person whose requests go through a proxy that answers wrongly. */
async function wrongly(hooks: ProxyHooks): Promise<Record<string, string>> {
  proxy = await requestProxy(cloud.url, hooks);
  return personEnv({ url: proxy.url });
}

async function deployWith(
  env: Record<string, string>,
  jobs: object = { extract: JOBS.extract },
): Promise<CommandResult> {
  const off = { dryRun: false, exitCode: false, only: [], adopt: false, full: false, yes: true, run: false };
  return deploy({ config: devFile({ ...jobs }), ...off }, bench(env));
}

async function cleanUpWith(env: Record<string, string>): Promise<CommandResult> {
  const off = { merged: false, dryRun: false, cancel: false };
  return cleanup({ config: devFile(), branch: "feature/x", allUsers: true, yes: true, ...off }, bench(env));
}

const DATA = { status: { code: 200, is_success: true } };

describe("a deploy whose POST is answered with another job's row", () => {
  it("does not write to that job", async () => {
    const env = await wrongly({
      rewrite: (method, url, text) =>
        method === "POST" && url.endsWith("/jobs/") ? JSON.stringify({ ...DATA, data: { ...production } }) : text,
    });
    const { exitCode, text } = await deployWith(env, { extract: JOBS.extract, attribution: JOBS.attribution });
    expect([exitCode, unchanged()]).toEqual([EXIT.failed, true]);
    expect(text).toMatch(
      /dbt Cloud answered with a different object, .*; detail: environment_id of \d+ "production" is 302, but 999 was expected; request: POST v2\/jobs\/$/m,
    );
    expect(text).toContain(`environment_id of ${production.id} `);
    expect(cloud.requests.filter((line) => line.includes(`/jobs/${production.id}/`))).toEqual([]);
    expect(
      (await deployWith(personEnv(cloud), { extract: JOBS.extract, attribution: JOBS.attribution })).exitCode,
    ).toBe(0);
    expect(ours()).toHaveLength(2);
  });

  it("does not write to a job of the same environment either", async () => {
    const theirs = addJob(cloud.world, { name: branch().nameOf("extract"), description: "Somebody else's" });
    const theirBytes = bytesOf(cloud.world, [theirs.id]);
    jobsOf(cloud.world).put({ ...theirs, state: 2 });
    const env = await wrongly({
      rewrite: (method, url, text) =>
        method === "POST" && url.endsWith("/jobs/") ? JSON.stringify({ ...DATA, data: theirs }) : text,
    });
    const { exitCode, text } = await deployWith(env);
    jobsOf(cloud.world).put(theirs);
    expect([exitCode, bytesOf(cloud.world, [theirs.id])]).toEqual([EXIT.failed, theirBytes]);
    expect(text).toContain("the last line of description of");
  });
});

describe("a list that ignores its filter", () => {
  beforeEach(() => {
    const description = markedDescription("Copied with its mark", mark({ key: "gone" }));
    const copied = { ...production, name: branch().nameOf("gone"), description };
    jobsOf(cloud.world).put(copied);
    before = bytesOf(cloud.world, [copied.id]);
  });

  const unfiltered = { redirect: (_: string, url: string) => url.replace("&environment_id=999", "") };

  it("stops a deploy that would delete a production job with a copied mark", async () => {
    const env = await wrongly(unfiltered);
    await expect(deployWith(env)).rejects.toThrow(
      `  detail: environment_id of ${production.id} "${branch().nameOf("gone")}" is 302, but 999 was expected\n  request: GET v2/jobs/`,
    );
    expect([unchanged(), ours()]).toEqual([true, []]);
  });

  it("stops a clean-up", async () => {
    const env = await wrongly(unfiltered);
    await expect(cleanUpWith(env)).rejects.toThrow(
      /^dbt Cloud answered with a different object, .*request: GET v2\/jobs\/$/s,
    );
    expect(unchanged()).toBe(true);
  });
});

describe("an answer that says is_success: false with the status 200", () => {
  it("to the creation of a job stops that job before its next write", async () => {
    const env = await wrongly({
      rewrite: (method, url, text) =>
        method === "POST" && url.endsWith("/jobs/") ? text.replace('"is_success":true', '"is_success":false') : text,
    });
    const { exitCode, text } = await deployWith(env, { attribution: JOBS.attribution });
    expect([exitCode, ours().length]).toEqual([EXIT.failed, 1]);
    expect(text).toContain("dbt Cloud answered with 200, but the answer says that the request failed");
    expect(cloud.requests.filter((line) => /^(POST|DELETE)/.test(line))).toEqual(["POST v2/jobs/"]);
  });
});

describe("a clean-up whose run is answered with another run", () => {
  it("does not count the schema as dropped", async () => {
    const own = mark();
    const job = addJob(cloud.world, { name: branch().nameOf(own.key), description: markedDescription("x", own) });
    addVariable(cloud.world, "DBT_SCHEMA", own.schema, job.id);
    const earlier = addRunOf(cloud.world, job.id, { status: 10 });
    const env = await wrongly({
      rewrite: (method, url, text) => {
        if (method !== "POST" || !url.endsWith("/run/")) return text;
        const { data } = JSON.parse(text) as { data: object };
        return JSON.stringify({ ...DATA, data: { ...data, id: earlier.id, trigger: { cause: "scheduled" } } });
      },
    });
    const { exitCode, text } = await cleanUpWith(env);
    expect([exitCode, ours().map(({ id }) => id)]).toEqual([EXIT.failed, [job.id]]);
    expect(text).toContain(
      "schema marketing_feature_x_jennifer could not be dropped: dbt Cloud answered with a different object, ",
    );
    expect(text).toContain("cause of");
    expect(runsOf(cloud.world).all()).toHaveLength(2);
  });
});
