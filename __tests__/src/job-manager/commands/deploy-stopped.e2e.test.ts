import { deploy } from "../../../../src/job-manager/commands/deploy";
import { wrongsIn } from "../../../support/branch-deploy";
import { startJobManager, type JobManagerProcess } from "../../../support/job-manager-process";
import { bytesOf, liveJobs, openCloud, overridesOf, type ListeningCloud } from "../../../support/listening-cloud";
import { addNeighbours } from "../../../support/neighbours";
import { requestProxy } from "../../../support/request-proxy";
import type { ProgramRun } from "../../../support/run-program";
import { bench, devFile, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let neighbours: number[];
let before: string;
beforeEach(async () => {
  cloud = await openCloud();
  neighbours = addNeighbours(cloud.world);
  before = bytesOf(cloud.world, neighbours);
});
afterEach(() => cloud.close());

interface Stopped extends ProgramRun {
  /** The number of requests when the program received the signal, and the number of all requests. */
  readonly counts: readonly [heard: number, all: number];
}

/** Sends a signal to a deploy at the given request. The request is answered after the deploy has received the signal. */
async function stoppedAt(
  nth: number,
  file: string,
  signal: NodeJS.Signals,
  args: readonly string[] = [],
): Promise<Stopped> {
  let heard = 0;
  const proxy = await requestProxy(cloud.url, {
    before: async (count) => {
      if (count !== nth) return true;
      program.child.kill(signal);
      await program.says("Stopping");
      heard = proxy.count();
      return true;
    },
  });
  const program: JobManagerProcess = startJobManager(["deploy", "--config", file, ...args], personEnv(proxy));
  const ended = await program.ended;
  const all = proxy.count();
  await proxy.close();
  return { ...ended, counts: [heard, all] };
}

/** Deploys again, without an interruption. */
async function converges(file: string): Promise<void> {
  const flags = { exitCode: true, only: [], adopt: false, yes: false, run: false };
  const run = (dryRun: boolean): Promise<{ exitCode: number }> =>
    deploy({ config: file, dryRun, full: dryRun, ...flags }, bench(personEnv(cloud)));
  expect((await run(false)).exitCode).toBe(0);
  expect((await run(true)).exitCode).toBe(0);
  const ours = liveJobs(cloud.world).filter(({ id }) => !neighbours.includes(id));
  expect(ours.map(({ id }) => overridesOf(cloud.world, id))).toEqual(
    Array.from({ length: 4 }, () => ({ DBT_SCHEMA: "marketing_feature_x_jennifer" })),
  );
  expect([wrongsIn(cloud.world), bytesOf(cloud.world, neighbours)]).toEqual([[], before]);
}

describe.each(["SIGINT", "SIGTERM"] as const)("a deploy that receives %s", (signal) => {
  it("at its first write finishes that write, sends nothing more, and prints a summary", async () => {
    const file = devFile();
    // The list, the variables, and then the first create, which everything else waits for.
    const { exitCode, stdout, stderr, counts } = await stoppedAt(3, file, signal);
    expect([exitCode, stdout, counts]).toEqual([1, "", [3, 3]]);
    expect(stderr).toContain("Stopping: the requests that were sent are finished, and no new ones are sent.\n");
    expect(stderr).toMatch(
      /^failed {4}attribution {2}create: the program was asked to stop; start it again to continue; request: POST v2\/jobs\/ was not sent$/m,
    );
    expect(stderr).toContain("0 created, 0 updated, 0 deleted, 0 unchanged, 4 failed.\n");
    expect(liveJobs(cloud.world)).toHaveLength(neighbours.length + 1);
    await converges(file);
  });
});

describe("a deploy that receives Ctrl-C", () => {
  it.each([1, 5, 8, 11])("at request %d has the same result when it is run again", async (nth) => {
    const file = devFile();
    const { exitCode } = await stoppedAt(nth, file, "SIGINT");
    expect(exitCode).toBe(1);
    expect(wrongsIn(cloud.world)).toEqual([]);
    await converges(file);
  });

  it("reports the jobs that were not done as JSON", async () => {
    const { exitCode, stdout } = await stoppedAt(3, devFile(), "SIGINT", ["--json"]);
    const { applied } = (JSON.parse(stdout) as { result: { applied: { error?: string }[] } }).result;
    expect([exitCode, applied.some(({ error }) => error?.includes("asked to stop"))]).toEqual([1, true]);
  });

  it("ends at once after the second Ctrl-C", async () => {
    const proxy = await requestProxy(cloud.url, {
      before: async (count) => {
        if (count !== 3) return true;
        program.child.kill("SIGINT");
        await program.says("Stopping");
        program.child.kill("SIGINT");
        await program.ended;
        return false;
      },
    });
    const file = devFile();
    const program: JobManagerProcess = startJobManager(["deploy", "--config", file], personEnv(proxy));
    expect((await program.ended).exitCode).toBe(1);
    await proxy.close();
    await converges(file);
  });

  it("ends at once while dbt Cloud asks it to wait", async () => {
    const file = devFile();
    await cloud.order({ kind: "status", code: 429, retry_after: 100, method: "POST" });
    const program: JobManagerProcess = startJobManager(["deploy", "--config", file, "--verbose"], personEnv(cloud));
    await program.says("POST v2/jobs/");
    program.child.kill("SIGINT");
    expect((await program.ended).exitCode).toBe(1);
    await cloud.order();
    await converges(file);
  });
});
