import { earlierRunsOf } from "../../../../src/job-manager/runs/earlier-runs";
import { failedNodes, readRun } from "../../../../src/dbt-cloud/runs";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { clientOf } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let job: number;
beforeEach(async () => {
  cloud = await openCloud();
  job = addJob(cloud.world).id;
});
afterEach(() => cloud.close());

type Past = readonly [status: 3 | 10 | 20 | 30, node?: string, commit?: string];

/** Adds runs, the oldest first, and looks at what is before the last one. The ids of the runs are 1, 2, 3… */
async function before(...past: readonly Past[]) {
  for (const [status, node, commit = "c0"] of past) {
    const results = { results: node === undefined ? [] : [{ unique_id: node, status: "fail", message: "m" }] };
    const steps = status === 20 ? ([["dbt build", 20]] as const) : [];
    const run = addRunOf(cloud.world, job, { status, steps, results: JSON.stringify(results) });
    runsOf(cloud.world).put({ ...run, git_sha: commit });
  }
  const client = clientOf(cloud);
  const last = await readRun(client, past.length);
  const { since, failures, lastSuccess, read, sameWay, recovered } = await earlierRunsOf(
    client,
    last,
    await failedNodes(client, last),
  );
  return {
    since: since.id,
    failures,
    lastSuccess: lastSuccess?.id,
    read,
    sameWay: sameWay.map(({ id }) => id),
    recovered: recovered?.id,
  };
}

const A = "test.shop.not_null_orders_id.1a";
const B = "model.shop.orders";

describe("the runs before a failure", () => {
  it("are none for a first run", async () => {
    expect(await before([20, A])).toEqual({
      since: 1,
      failures: 1,
      lastSuccess: undefined,
      read: { runs: 1, failed: 1 },
      sameWay: [],
      recovered: undefined,
    });
  });

  it("say since when the job fails, without cancelled runs and those in progress", async () => {
    expect(await before([20, B], [10], [20, B], [30], [20, A], [3], [20, A])).toMatchObject({
      since: 3,
      failures: 3,
      lastSuccess: 2,
      read: { runs: 5, failed: 4 },
      sameWay: [],
    });
  });

  it("say that the same test failed before, and recovered without a change", async () => {
    expect(await before([20, A], [10], [20, B], [10], [20, A, "c1"], [10, undefined, "c2"], [20, A])).toMatchObject({
      lastSuccess: 6,
      sameWay: [5, 1],
      recovered: 2,
    });
  });

  it.each<[string, Past[]]>([
    [
      "the commit changed",
      [
        [20, A, "c1"],
        [10, undefined, "c2"],
        [20, A],
      ],
    ],
    ["another run failed before the success", [[20, A], [20, B], [10], [20, A]]],
  ])("say nothing about a recovery when %s", async (_, past) => {
    expect(await before(...past)).toMatchObject({ sameWay: [1], recovered: undefined });
  });

  it("compare the step when no test and no model failed", async () => {
    expect(await before([20], [10], [20])).toMatchObject({ sameWay: [1], recovered: 2 });
  });

  it("of other jobs do not count", async () => {
    addRunOf(cloud.world, addJob(cloud.world).id, { status: 20 });
    addRunOf(cloud.world, job, { status: 20 });
    const last = await readRun(clientOf(cloud), 2);
    expect((await earlierRunsOf(clientOf(cloud), last, [])).read).toEqual({ runs: 1, failed: 1 });
  });
});
