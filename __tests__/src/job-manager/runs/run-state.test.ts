import type { Run } from "../../../../src/dbt-cloud/runs";
import { nodesDone, stateText } from "../../../../src/job-manager/runs/run-state";

const LOG = `05:00:00  Found 3 models, 1 test
05:00:01  1 of 5 START sql view model main.orders ................ [RUN]
05:00:01  2 of 5 START test not_null_orders_id ................... [RUN]
05:00:02  \u001b[32m1 of 5 OK created sql view model main.orders ......... [OK in 0.25s]\u001b[0m
05:00:03  2 of 5 FAIL 1 not_null_orders_id ....................... [FAIL 1 in 0.10s]
05:00:03  3 of 5 SKIP relation main.bad .......................... [SKIP]
05:00:03  4 of 5 START unit_test totals::counts .................. [RUN]
`;

const run = (status: number, steps: readonly object[] = []): Run =>
  ({ id: 7, status, status_humanized: status === 1 ? "Queued" : "Running", run_steps: steps }) as unknown as Run;

describe("the number of nodes that are done", () => {
  it("counts each node that has ended in any way", () => {
    expect(nodesDone(LOG)).toEqual({ done: 3, total: 5 });
  });

  it("is also right when dbt Cloud gives only the last lines of a long log", () => {
    expect(nodesDone("5:00  71 of 90 OK created x\n5:00  72 of 90 START y\n")).toEqual({ done: 71, total: 90 });
  });

  it("is unknown without a line about a node", () => {
    expect([nodesDone(""), nodesDone("05:00:00  Found 3 models, 1 test")]).toEqual([undefined, undefined]);
  });
});

it("the hooks after the nodes are not counted", () => {
  const hooks = "5:01  1 of 2 START hook: shop.on-run-end.0 [RUN]\n5:01  1 of 2 OK hook: shop.on-run-end.0 [OK]\n";
  expect(nodesDone(`5:00  14 of 14 PASS not_null_orders_id\n${hooks}`)).toEqual({ done: 14, total: 14 });
});

describe("the state of a run", () => {
  const clone = { index: 1, name: "Clone git repository", status: 10 };

  it("has the running step, the nodes and the time", () => {
    const step = { index: 2, name: "dbt build", status: 3, logs: LOG };
    expect(stateText(run(3, [clone, step]), 3_723_900)).toBe("run 7  01:02:03  step 2 of 2: dbt build  3 of 5 done");
  });

  it("has no number of nodes when dbt Cloud does not report it", () => {
    const step = { index: 2, name: "dbt build", status: 3, logs: null };
    expect(stateText(run(3, [clone, step]), 0)).toBe("run 7  00:00:00  step 2 of 2: dbt build");
  });

  it("is dbt Cloud's status while no step runs", () => {
    expect(stateText(run(1), 5000)).toBe("run 7  00:00:05  Queued");
  });
});
