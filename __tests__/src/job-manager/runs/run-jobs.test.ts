import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../../src/dbt-cloud/clock";
import { isGood, runJobs, type RunOptions, type RunReport } from "../../../../src/job-manager/runs/run-jobs";
import { endRun } from "../../../../packages/local-dbt-cloud/resources/runs/ending";
import { runsOf, type EndStatus, type Run } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { addJob, listeningCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { localDbtCloud, type LocalDbtCloud } from "../../../support/local-dbt-cloud";
import { addRunOf, changeRun, type RunWish } from "../../../support/run-rows";
import { clientOf } from "../../../support/work-on-branch";

let folder: string;
let local: LocalDbtCloud;
let cloud: ListeningCloud;
let ends: EndStatus[];
let wish: RunWish | undefined;
let said: string[];
let shown: string[];
let nows: number[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "runs-"));
  [ends, said, shown, nows, wish] = [[], [], [], [], undefined];
  local = localDbtCloud(new Date(), folder);
  cloud = await listeningCloud(local.world, endRuns);
});
afterEach(async () => {
  await cloud.close();
  await local.close();
  rmSync(folder, { recursive: true });
});

/** Ends the queued runs with the statuses that a test chooses. */
function endRuns(): void {
  for (const run of runsOf(cloud.world).all()) {
    if (run.status !== 1) continue;
    if (wish) changeRun(cloud.world, run, wish);
    if (ends.length === 0) continue;
    endRun(cloud.world, run, { status: ends.shift()!, status_message: null });
  }
}

async function run(jobs: readonly string[], options: Partial<RunOptions> = {}): Promise<RunReport[]> {
  const runnable = jobs.map((key) => ({ key, id: addJob(cloud.world).id }));
  return runJobs(clientOf(cloud), runnable, {
    by: "jennifer",
    retry: false,
    wait: false,
    report: (line) => said.push(line.replaceAll(cloud.url, "")),
    show: (line) => shown.push(line),
    clock: { now: () => new Date(nows.shift() ?? 0) },
    random: Math.random,
    pollMilliseconds: 1,
    ...options,
  });
}

const RETRY = {
  by: "j",
  retry: true,
  wait: false,
  report: () => undefined,
  show: () => undefined,
  clock: systemClock,
  random: Math.random,
};

const triggers = (): unknown[] =>
  runsOf(cloud.world)
    .all()
    .map(({ trigger }) => trigger);

describe("running jobs", () => {
  it("reports that a run continues after the command stops waiting", async () => {
    await cloud.order({ kind: "status", code: 400, path: "/runs/\\d+/" });
    await expect(run(["a"], { wait: true })).rejects.toThrow("dbt Cloud refused the request (400)");
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/^a: the command stops waiting for run \d+, which continues in dbt Cloud$/),
      "a: follow the run with `dbt-job-manager logs a --follow`",
      "a: cancel the run with `dbt-job-manager cancel a`",
    ]);
  });

  it("shows the running step, the models that are done, and the time", async () => {
    wish = {
      status: 3,
      steps: [
        ["Clone git repository", 10],
        ["dbt build", 3],
      ],
      log: "05:00:01  1 of 40 START sql table model x ... [RUN]\n05:00:02  1 of 40 OK created x\n05:00:02  2 of 40 START y\n",
    };
    nows = [1000, 81_000];
    const waiting = run(["a"], { wait: true });
    while (shown.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [{ id }] = runsOf(cloud.world).all() as [Run];
    endRun(cloud.world, runsOf(cloud.world).get(id)!, { status: 10, status_message: null });
    await waiting;
    expect(shown[0]).toBe(`a: run ${id}  00:01:20  step 2 of 2: dbt build  1 of 40 done`);
  });

  it("of a branch uses the branch and its schema", async () => {
    const [report] = await run(["a"], { branch: { ref: "feature/x", schema: "marketing_x" } });
    expect(triggers()).toMatchObject([{ git_branch: "feature/x", schema_override: "marketing_x" }]);
    expect(said).toEqual([`a: run ${report!.run!.id} started  /deploy/12345/projects/102/runs/${report!.run!.id}`]);
    expect([isGood(report!), report!.failed]).toEqual([true, []]);
  });

  it("of an environment uses no overrides, and records who started them", async () => {
    await run(["a", "b"]);
    expect(triggers()).toMatchObject([
      { git_branch: null, schema_override: null },
      { cause: expect.stringMatching(/^Started by jennifer with dbt-job-manager \([0-9a-f]{8}\)$/) as string },
    ]);
    const causes = runsOf(cloud.world)
      .all()
      .map(({ trigger }) => trigger.cause);
    expect(new Set(causes).size).toBe(2);
  });

  it("reports all lines of the reason of a failure", async () => {
    const message = "actual differs from expected:\n\n@@,name,orders\n→ ,a   ,3→2";
    const results = { results: [{ unique_id: "unit_test.shop.totals.counts", status: "fail", message }] };
    wish = { status: 20, steps: [["dbt build", 20]], results: JSON.stringify(results) };
    await run(["a"], { wait: true });
    expect(said.slice(3)).toEqual([
      "a: failed  unit_test.shop.totals.counts  actual differs from expected:",
      "a: failed",
      "a: failed      @@,name,orders",
      "a: failed      → ,a   ,3→2",
    ]);
  });

  it("waits for each run before it starts the next", async () => {
    ends = [10, 10];
    const reports = await run(["a", "b"], { wait: true });
    expect(reports.map(({ key, run: ran }) => [key, ran?.status_humanized])).toEqual([
      ["a", "Success"],
      ["b", "Success"],
    ]);
    expect(reports.every(isGood)).toBe(true);
  });

  it.each([20, 30] as const)("does not start the other jobs when one ends with %d", async (end) => {
    ends = [end];
    const reports = await run(["a", "b", "c"], { wait: true });
    expect(reports.map(({ run: ran }) => ran?.status)).toEqual([end, undefined, undefined]);
    expect(reports.map(isGood)).toEqual([false, false, false]);
    expect(triggers()).toHaveLength(1);
  });

  it("retries a run that failed", async () => {
    const { id } = addJob(cloud.world);
    const failed = addRunOf(cloud.world, id, { status: 20, steps: [["dbt build", 20]], results: '{"results": []}' });
    const [report] = await runJobs(clientOf(cloud), [{ key: "a", id }], {
      ...RETRY,
      branch: { ref: "x", schema: "s" },
    });
    expect(runsOf(cloud.world).get(report!.run!.id)).toMatchObject({ retrying_run_id: failed.id });
  });

  it.each([10, 30, undefined] as const)(
    "starts a new run on the branch when the last run ended with %p",
    async (end) => {
      const { id } = addJob(cloud.world);
      if (end) addRunOf(cloud.world, id, { status: end });
      const [report] = await runJobs(clientOf(cloud), [{ key: "a", id }], {
        ...RETRY,
        branch: { ref: "x", schema: "s" },
      });
      expect(runsOf(cloud.world).get(report!.run!.id)).toMatchObject({
        retrying_run_id: null,
        trigger: { git_branch: "x", schema_override: "s" },
      });
    },
  );
});

describe("a report", () => {
  it("is good while its run is in progress, and when it succeeded", () => {
    const withStatus = (status: number): RunReport => ({
      key: "a",
      failed: [],
      run: { status } as RunReport["run"] & {},
    });
    expect([1, 2, 3, 10, 20, 30].map((status) => isGood(withStatus(status)))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isGood({ key: "a", failed: [] })).toBe(false);
  });
});
