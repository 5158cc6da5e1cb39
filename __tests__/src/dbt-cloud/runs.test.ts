import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cancelRun,
  failedNodes,
  failedStep,
  follow,
  isOver,
  listRuns,
  newestRun,
  readRun,
  rerun,
  runUrl,
  triggerRun,
} from "../../../src/dbt-cloud/runs";
import { endRun } from "../../../packages/local-dbt-cloud/resources/runs/ending";
import { runsOf, stepsOf } from "../../../packages/local-dbt-cloud/resources/runs/runs";
import { addJob, listeningCloud, type ListeningCloud } from "../../support/listening-cloud";
import { localDbtCloud, type LocalDbtCloud } from "../../support/local-dbt-cloud";
import { addRunOf } from "../../support/run-rows";
import { testClock } from "../../support/test-clock";
import { clientOf } from "../../support/work-on-branch";

let folder: string;
let local: LocalDbtCloud;
let cloud: ListeningCloud;
let job: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "runs-"));
  local = localDbtCloud(new Date(), folder);
  cloud = await listeningCloud(local.world);
  job = addJob(cloud.world).id;
});
afterEach(async () => {
  await cloud.close();
  await local.close();
  rmSync(folder, { recursive: true });
});

const LOST = [
  ["dropped before the write", { kind: "drop_before" }],
  ["dropped after the write", { kind: "drop_after" }],
  ["500 after the write", { kind: "status", code: 500, after: true }],
  ["HTML with 200 after the write", { kind: "html", code: 200, after: true }],
] as const;

const causes = (): (string | null)[] =>
  runsOf(cloud.world)
    .all()
    .map(({ trigger }) => trigger.cause);

describe("a run", () => {
  it("is started with its overrides", async () => {
    const run = await triggerRun(clientOf(cloud), job, {
      cause: "test",
      git_branch: "feature/x",
      schema_override: "marketing_x",
      steps_override: ["dbt run"],
    });
    expect(isOver(run)).toBe(false);
    expect(runsOf(cloud.world).get(run.id)?.trigger).toMatchObject({
      git_branch: "feature/x",
      schema_override: "marketing_x",
      steps_override: ["dbt run"],
      cause_category: "api",
    });
  });

  it.each(LOST)("is started once when the answer is %s", async (_, fault) => {
    await cloud.order({ ...fault, method: "POST", times: 1 });
    const { id } = await triggerRun(clientOf(cloud), job, { cause: "ours" });
    expect(runsOf(cloud.world).all()).toMatchObject([{ id, trigger: { cause: "ours" } }]);
  });

  it("is found again behind a newer scheduled run", async () => {
    await cloud.order({ kind: "drop_after", method: "POST", times: 1 });
    const started = triggerRun(clientOf(cloud), job, { cause: "ours" });
    while (causes().length === 0) await new Promise(setImmediate);
    addRunOf(cloud.world, job);
    const { id } = await started;
    expect(causes()).toEqual(["ours", "test"]);
    expect(id).toBe(runsOf(cloud.world).all()[0]!.id);
  });

  it("is found again when this machine's clock is wrong", async () => {
    await cloud.order({ kind: "drop_after", method: "POST", times: 1 });
    const clock = testClock({ now: () => new Date(Date.now() + 3_600_000) });
    await triggerRun(clientOf(cloud, { clock }), job, { cause: "ours" });
    expect(causes()).toEqual(["ours"]);
  });

  it("has a page in dbt Cloud", () => {
    expect(runUrl(clientOf(cloud), { id: 5, project_id: 102 })).toBe(`${cloud.url}/deploy/12345/projects/102/runs/5`);
  });
});

describe("a failed run", () => {
  const failedRun = (): number =>
    addRunOf(cloud.world, job, { status: 20, steps: [["dbt build", 20]], results: '{"results": []}' }).id;

  it("is retried", async () => {
    const failed = failedRun();
    const { id } = await rerun(clientOf(cloud), job, failed);
    expect(runsOf(cloud.world).get(id)?.retrying_run_id).toBe(failed);
  });

  it.each(LOST)("is retried once when the answer is %s", async (_, fault) => {
    const failed = failedRun();
    await cloud.order({ ...fault, method: "POST", times: 1 });
    const { id } = await rerun(clientOf(cloud), job, failed);
    expect(
      runsOf(cloud.world)
        .all()
        .map((run) => run.id),
    ).toEqual([failed, id]);
  });
});

describe("a job's newest run", () => {
  it("is the run that started last", async () => {
    expect(await newestRun(clientOf(cloud), job)).toBeUndefined();
    addRunOf(cloud.world, job);
    const { id } = addRunOf(cloud.world, job, { status: 20 });
    addRunOf(cloud.world, addJob(cloud.world).id);
    expect(await newestRun(clientOf(cloud), job)).toMatchObject({ id, status: 20 });
  });
});

describe("runs", () => {
  it("are listed newest first, with their triggers, over all pages", async () => {
    const ids = Array.from({ length: 101 }, () => addRunOf(cloud.world, job, { by: "api" }).id);
    const found = await listRuns(clientOf(cloud), 999, {});
    expect(found.map(({ id }) => id)).toEqual(ids.reverse());
    expect(found[0]?.trigger?.cause_category).toBe("api");
  });

  it("are found by time and status", async () => {
    const old = addRunOf(cloud.world, job, { at: new Date("2026-01-01T00:00:00Z") });
    const going = addRunOf(cloud.world, job, { at: new Date("2026-02-01T00:00:00Z"), status: 3 });
    const ids = async (query: Record<string, string>): Promise<number[]> =>
      (await listRuns(clientOf(cloud), 999, query)).map(({ id }) => id);
    const january = JSON.stringify(["2025-12-31T00:00:00Z", "2026-01-31T00:00:00Z"]);
    expect(await ids({ created_at__range: january })).toEqual([old.id]);
    expect(await ids({ status__in: "[1,2,3]" })).toEqual([going.id]);
  });
});

describe("cancelling a run", () => {
  it("waits for its end", async () => {
    const run = addRunOf(cloud.world, job, { status: 3 });
    cloud.world.signals.on("cancelled", () => {
      setTimeout(() => endRun(cloud.world, run, { status: 30, status_message: null }), 20);
    });
    expect((await cancelRun(clientOf(cloud), run.id)).status_humanized).toBe("Cancelled");
  });

  it("does not change a run that has ended, also when dbt Cloud refuses", async () => {
    const { id } = addRunOf(cloud.world, job, { status: 20 });
    expect((await cancelRun(clientOf(cloud), id)).status_humanized).toBe("Error");
    await cloud.order({ kind: "status", code: 400, method: "POST", path: "/cancel/" });
    expect((await cancelRun(clientOf(cloud), id)).status_humanized).toBe("Error");
    const going = addRunOf(cloud.world, job, { status: 3 });
    await expect(cancelRun(clientOf(cloud), going.id)).rejects.toThrow("dbt Cloud refused the request (400)");
  });

  it("ends with an error when the run does not end", async () => {
    const { id } = addRunOf(cloud.world, job, { status: 3 });
    await expect(cancelRun(clientOf(cloud), id, { pollMilliseconds: 20_000 })).rejects.toThrow(
      `run ${id} has not ended 5 minutes after it was cancelled; look at it in dbt Cloud, then try again`,
    );
  });
});

describe("following a run", () => {
  it("reports each step once, after its end, and waits for the end of the run", async () => {
    const run = addRunOf(cloud.world, job, {
      status: 3,
      steps: [
        ["dbt seed", 10],
        ["dbt run", 3],
      ],
    });
    const told: string[] = [];
    const end = await follow(
      clientOf(cloud),
      run.id,
      (step, count) => {
        told.push(`${step.name} ${step.status_humanized} of ${count}`);
        if (step.index > 1) return;
        const second = stepsOf(cloud.world).get(run.step_ids[1]!)!;
        stepsOf(cloud.world).put({ ...second, status: 20 });
        runsOf(cloud.world).put({ ...run, status: 20 });
      },
      { pollMilliseconds: 1 },
    );
    expect(told).toEqual(["dbt seed Success of 2", "dbt run Error of 2"]);
    expect([end.status, failedStep(end)?.name]).toEqual([20, "dbt run"]);
  });

  it("ends when the program stops", async () => {
    const stop = new AbortController();
    const run = addRunOf(cloud.world, job, { status: 3, steps: [["dbt seed", 10]] });
    const followed = follow(
      clientOf(cloud, { stop: stop.signal }),
      run.id,
      () => {
        stop.abort();
      },
      { pollMilliseconds: 1 },
    );
    await expect(followed).rejects.toThrow("the program was asked to stop; start it again to continue");
  });
});

describe("the failures of a run", () => {
  const failedIn = async (results: string | undefined): Promise<unknown> => {
    const { id } = addRunOf(cloud.world, job, {
      status: 20,
      steps: [
        ["dbt seed", 10],
        ["dbt build", 20],
      ],
      results,
    });
    return failedNodes(clientOf(cloud), await readRun(clientOf(cloud), id));
  };

  it("are the nodes of the failed step, in dbt's words", async () => {
    const results = [
      { unique_id: "model.a", status: "success", message: "OK" },
      { unique_id: "test.b", status: "fail", message: "Got 3 results\n", compiled_code: "\n\nselect 1\n" },
      { unique_id: "test.c", status: "warn", message: "Got 1 result" },
      { unique_id: "model.d", status: "error", message: null, compiled_code: "select 2" },
      { unique_id: "source.e", status: "runtime error" },
      { unique_id: "model.f", status: "skipped" },
    ];
    expect(await failedIn(JSON.stringify({ results }))).toEqual([
      { node: "test.b", status: "fail", message: "Got 3 results", query: "select 1" },
      { node: "model.d", status: "error", message: "", query: null },
      { node: "source.e", status: "runtime error", message: "", query: null },
    ]);
  });

  it("are unknown when dbt wrote no results", async () => {
    expect(await failedIn(undefined)).toEqual([]);
  });

  it("are empty when no step failed", async () => {
    const { id } = addRunOf(cloud.world, job, { status: 30 });
    expect(await failedNodes(clientOf(cloud), await readRun(clientOf(cloud), id))).toEqual([]);
  });

  it.each(["<html></html>", "", "{}", '{"results": [{"unique_id": "model.a"}]}'])(
    "cause a clear error when dbt wrote %p",
    async (text) => {
      await expect(failedIn(text)).rejects.toThrow(
        /^run_results\.json of run \d+ does not have the format that dbt writes; look at the run in dbt Cloud\n/,
      );
    },
  );
});
