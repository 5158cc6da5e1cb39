import { DbtCloudClient } from "../../../../src/dbt-cloud/client";
import { bySchema, removeJobs, type Removed } from "../../../../src/job-manager/branch-jobs/remove";
import type { StaleJob } from "../../../../src/job-manager/branch-jobs/stale-jobs";
import { mark, record } from "../../../support/branch-records";
import { scriptedServer, type ScriptedServer } from "../../../support/scripted-server";

let server: ScriptedServer;
let stuck: readonly number[];
let events: string[];
let keep: (id: number) => string | undefined;
let deployed: string | undefined;
let drop: (jobId: number, command: string) => Promise<string | undefined>;
beforeEach(async () => {
  [stuck, events] = [[], []];
  drop = () => Promise.resolve(undefined);
  keep = () => undefined;
  deployed = undefined;
  server = await scriptedServer(({ url }) => {
    const id = Number(/(\d+)\/$/.exec(url)![1]);
    events.push(`delete ${id}`);
    return stuck.includes(id) ? { status: 403, json: {} } : { status: 204 };
  });
});
afterEach(() => server.close());

function stale(id: number, schema: string): StaleJob {
  const own = mark({ key: `job-${id}`, schema });
  return { record: record({ id, mark: own }), mark: own, idleDays: 8, isRunning: false };
}

async function remove(jobs: readonly StaleJob[], remaining: readonly string[] = []): Promise<Removed[]> {
  const client = new DbtCloudClient({ host: server.url, accountId: 1, token: "dbtc_0123456789" });
  return removeJobs(jobs, new Set(remaining), {
    client,
    runCommand: (jobId, command) => {
      events.push(`${jobId}: ${command}`);
      return drop(jobId, command);
    },
    reasonToKeep: ({ record: { id } }) => Promise.resolve(keep(id)),
    deployedAgain: () => Promise.resolve(deployed),
    onDone: ({ job }, done, total) => void events.push(`done ${job.record.id} ${done}/${total}`),
  });
}

const inShort = (removed: readonly Removed[]): string[] =>
  removed.map(({ job, droppedSchema, error }) => [job.record.id, droppedSchema, error].filter(Boolean).join(" "));

describe("removing jobs", () => {
  it("drops a branch's schema in a run of its last job, before it deletes that job", async () => {
    const removed = await remove([stale(1, "marketing_x"), stale(2, "marketing_x")]);
    expect(inShort(removed)).toEqual(["2", "1 marketing_x"]);
    expect(events).toEqual([
      "delete 2",
      "done 2 1/2",
      "1: dbt run-operation drop_branch_schema --args '{schema: marketing_x}'",
      "delete 1",
      "done 1 2/2",
    ]);
  });

  it("drops each branch's schema once", async () => {
    const removed = await remove([stale(1, "marketing_x"), stale(2, "marketing_y"), stale(3, "marketing_x")]);
    expect(removed.flatMap(({ droppedSchema }) => droppedSchema ?? []).sort()).toEqual(["marketing_x", "marketing_y"]);
  });

  it.each([
    ["that another job still builds into", "marketing_x", ["marketing_x"]],
    ["whose staging models are another job's", "marketing_x", ["marketing_x_prep"]],
    ["that holds another job's staging models", "marketing_x_prep", ["marketing_x"]],
  ])("drops no schema %s", async (_, schema, remaining) => {
    expect(inShort(await remove([stale(1, schema)], remaining))).toEqual(["1"]);
    expect(events).toEqual(["delete 1", "done 1 1/1"]);
  });

  it.each([
    "marketing",
    "public",
    "dbt_production",
    "marketing_x'; drop schema public; --",
    "marketing_x, args: {}}",
    "marketing_X",
    "marketing_",
    "",
    "marketing_x\n",
  ])("drops no schema %p, which no branch can have", async (schema) => {
    expect(inShort(await remove([stale(1, schema)]))).toEqual(["1"]);
    expect(events.some((event) => event.includes("drop_branch_schema"))).toBe(false);
  });

  it("keeps the last job when its schema could not be dropped", async () => {
    drop = () => Promise.resolve("run 5 ended in Error at dbt run-operation");
    const removed = await remove([stale(1, "marketing_x"), stale(2, "marketing_x")]);
    expect(inShort(removed)).toEqual([
      "2",
      "1 schema marketing_x could not be dropped: run 5 ended in Error at dbt run-operation",
    ]);
    expect(events).not.toContain("delete 1");
  });

  it("keeps the last job when the run could not be started", async () => {
    drop = () => Promise.reject(new Error("no"));
    expect(inShort(await remove([stale(1, "marketing_x")]))).toEqual(["1 schema marketing_x could not be dropped: no"]);
  });

  it("keeps the last job and its schema while another one cannot be deleted", async () => {
    stuck = [2];
    const removed = await remove([stale(1, "marketing_x"), stale(2, "marketing_x"), stale(3, "marketing_x")]);
    expect(inShort(removed)).toEqual([
      "2 dbt Cloud does not allow the request with this token (403); DBTCLOUD_TOKEN must be a token of the account " +
        "DBTCLOUD_ACCOUNT_ID with the permission to edit jobs of this project; request: DELETE v2/jobs/2/",
      "3",
      "1 not deleted, because another job of the branch could not be deleted",
    ]);
    expect(events.some((event) => event.includes("drop_branch_schema"))).toBe(false);
  });

  it("keeps a job that must stay, and then the last job and the schema", async () => {
    keep = (id) => (id === 2 ? "deployed again" : undefined);
    const removed = await remove([stale(1, "marketing_x"), stale(2, "marketing_x")]);
    expect(inShort(removed)).toEqual([
      "2 deployed again",
      "1 not deleted, because another job of the branch could not be deleted",
    ]);
    expect(events).toEqual(["done 2 1/2", "done 1 2/2"]);
  });

  it("does not drop the schema of a branch that was deployed again", async () => {
    deployed = "a deploy added 5 jobs";
    expect(inShort(await remove([stale(1, "marketing_x")]))).toEqual(["1 a deploy added 5 jobs"]);
    expect(events).toEqual(["done 1 1/1"]);
  });

  it("keeps the last job when the branch was deployed while the schema was dropped", async () => {
    drop = () => {
      deployed = "a deploy added 5 jobs";
      return Promise.resolve(undefined);
    };
    expect(inShort(await remove([stale(1, "marketing_x")]))).toEqual(["1 marketing_x a deploy added 5 jobs"]);
    expect(events).not.toContain("delete 1");
  });

  it("reports the dropped schema although the last job was not deleted", async () => {
    stuck = [1];
    const [removed] = await remove([stale(1, "marketing_x")]);
    expect(removed).toMatchObject({ droppedSchema: "marketing_x", error: expect.stringContaining("403") as string });
  });

  it("of one branch continues when that of another branch fails", async () => {
    stuck = [1];
    const removed = await remove([stale(1, "marketing_x"), stale(2, "marketing_y")]);
    expect(removed.map(({ error }) => error === undefined)).toEqual([false, true]);
  });
});

describe("jobs by schema", () => {
  it("keep their order", () => {
    const groups = bySchema([stale(1, "a"), stale(2, "b"), stale(3, "a")]);
    expect([...groups].map(([schema, jobs]) => [schema, jobs.map(({ record: { id } }) => id)])).toEqual([
      ["a", [1, 3]],
      ["b", [2]],
    ]);
  });
});
