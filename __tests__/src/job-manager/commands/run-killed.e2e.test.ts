import { cancelRun } from "../../../../packages/local-dbt-cloud/resources/runs/ending";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { mark, record } from "../../../support/branch-records";
import { startJobManager } from "../../../support/job-manager-process";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { requestProxy } from "../../../support/request-proxy";
import { changeRun } from "../../../support/run-rows";
import { devFile, personEnv } from "../../../support/work-on-branch";

/** What GitLab sets for a job and for its retries alike. */
const GITLAB = { CI_PIPELINE_ID: "77", CI_JOB_NAME_SLUG: "run-branch-jobs" };
let config: string;
beforeAll(() => {
  config = devFile();
});

async function cloudWithJob(): Promise<ListeningCloud> {
  const cloud = await openCloud();
  const { name, description } = record({ mark: mark({ key: "attribution" }) });
  addJob(cloud.world, { name, description });
  return cloud;
}

const runOf = (url: string, ...flags: string[]) =>
  startJobManager(["run", "attribution", ...flags, "--config", config], { ...personEnv({ url }), ...GITLAB });

/** Kills `run --wait` at its nth request, before or after dbt Cloud has received it, and starts it again. */
async function killedAt(nth: number, moment: "before" | "after"): Promise<{ lines: string[]; runs: number }> {
  const cloud = await cloudWithJob();
  const lines: string[] = [];
  const survives = (count: number): boolean => {
    if (count === nth) program.child.kill("SIGKILL");
    return count !== nth;
  };
  const proxy = await requestProxy(cloud.url, {
    before: (count, line) => {
      lines.push(line.replace(/^(\S+) \/api\/(v\d)\/accounts\/\d+\/([a-z]+).*$/, "$1 $2/$3"));
      return moment === "after" || survives(count);
    },
    after: (count) => moment === "before" || survives(count),
  });
  const program = runOf(proxy.url, "--wait");
  expect((await program.ended).exitCode).toBeNull();
  await proxy.close();
  expect((await runOf(cloud.url).ended).exitCode).toBe(0);
  const runs = runsOf(cloud.world).all().length;
  await cloud.close();
  return { lines, runs };
}

describe.each(["before", "after"] as const)("run --wait that is killed %s dbt Cloud has got a request", (moment) => {
  it("is the only one to start a run when it is run again", async () => {
    const killed = await Promise.all([1, 2, 3, 4, 5].map((nth) => killedAt(nth, moment)));
    expect(killed.map(({ runs }) => runs)).toEqual([1, 1, 1, 1, 1]);
    expect(killed.at(-1)!.lines).toEqual(["GET v2/jobs", "GET v2/runs", "POST v2/jobs", "GET v2/runs", "GET v2/runs"]);
  });
});

describe("run --wait that is killed while it waits", () => {
  it("waits for the same run when it is run again, and ends as the run does", async () => {
    const cloud = await cloudWithJob();
    const first = runOf(cloud.url, "--wait");
    await first.says("started");
    first.child.kill("SIGKILL");
    await first.ended;
    const [run] = runsOf(cloud.world).all();
    const second = runOf(cloud.url, "--wait", "--retry");
    await second.says("of the run key gitlab-77-run-branch-jobs is in progress, so no other run is started");
    changeRun(cloud.world, run!, { status: 10 });
    expect(await second.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Success") as string });
    expect(runsOf(cloud.world).all()).toHaveLength(1);
    await cloud.close();
  });

  it("reports that the run was cancelled meanwhile", async () => {
    const cloud = await cloudWithJob();
    const first = runOf(cloud.url, "--wait");
    await first.says("started");
    first.child.kill("SIGKILL");
    await first.ended;
    cancelRun(cloud.world, runsOf(cloud.world).all()[0]!);
    expect(await runOf(cloud.url, "--wait").ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/run 1 of the run key \S+ has ended with Cancelled/) as string,
    });
    expect(runsOf(cloud.world).all()).toHaveLength(1);
    await cloud.close();
  });
});
