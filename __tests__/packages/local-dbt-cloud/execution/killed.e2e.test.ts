import { systemClock } from "../../../../packages/local-dbt-cloud/clock";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunQueue } from "../../../../packages/local-dbt-cloud/execution/queue";
import { SEED_ACCOUNT_ID } from "../../../../packages/local-dbt-cloud/seed";
import { Store } from "../../../../packages/local-dbt-cloud/store/store";
import { runsOf, stepsOfRun } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { newSignals, type World } from "../../../../packages/local-dbt-cloud/world";
import { FakeProject } from "../../../support/local-runs";

const ROOT = join(__dirname, "..", "..", "..", "..");
const SUPPORT = join(ROOT, "__tests__", "support");

let project: FakeProject;
let folder: string;
let stores: Store[];
beforeEach(() => {
  project = new FakeProject();
  folder = mkdtempSync(join(tmpdir(), "killed-"));
  stores = [];
});
afterEach(() => {
  for (const store of stores) store.close();
  project.close();
  rmSync(folder, { recursive: true });
});

function start(program: string, ...args: readonly string[]): ReturnType<typeof spawn> {
  const file = join(SUPPORT, program);
  return spawn(process.execPath, ["-r", "ts-node/register", file, folder, project.folder, ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
}

/** Starts again on the state of a program that was killed. */
async function startAgain(): Promise<{ world: World; queue: RunQueue }> {
  const store = Store.open(join(folder, "state.db"));
  stores.push(store);
  const world: World = { accountId: SEED_ACCOUNT_ID, store, clock: systemClock, signals: newSignals() };
  const queue = new RunQueue(world, { folder, repo: project.folder, machine: process.env, variablesOf: () => ({}) });
  await queue.start();
  return { world, queue };
}

it("a run in progress when the program was killed ends with an error at the next start; queued runs start", async () => {
  const program = start("run-server.ts");
  const orphan = await project.nextHeld();
  const killed = once(program, "exit");
  program.kill("SIGKILL");
  await killed;

  const { world, queue } = await startAgain();
  await orphan.ended;
  (await project.nextHeld()).release();
  await queue.idle();

  const [first, second] = runsOf(world).all();
  expect(first).toMatchObject({
    status: 20,
    status_message: "The local dbt Cloud ended while this run was in progress",
  });
  expect(stepsOfRun(world, first!).map(({ status }) => status)).toEqual([10, 10, 10, 20, 30]);
  expect(second).toMatchObject({ status: 10, status_message: null });
});

it.each([
  [0, 10],
  [1, 20],
  [4, 20],
])(
  "a run that has ended has started what waits for it, although the program was killed at look %d at the clock",
  async (looks, status) => {
    expect(await once(start("self-killing-runs.ts", String(looks)), "exit")).toEqual([null, "SIGKILL"]);
    const { world, queue } = await startAgain();
    await queue.idle();
    expect(runsOf(world).all()).toMatchObject([
      { job_definition_id: 1, status: 10 },
      { job_definition_id: 2, status, trigger: { cause_category: "job completion" } },
    ]);
  },
);
