import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunQueue } from "../../../../packages/local-dbt-cloud/runs/queue";
import { SEED_ACCOUNT_ID } from "../../../../packages/local-dbt-cloud/seed";
import { Store } from "../../../../packages/local-dbt-cloud/store/store";
import { runsOf, stepsOfRun } from "../../../../packages/local-dbt-cloud/things/runs/runs";
import type { World } from "../../../../packages/local-dbt-cloud/world";
import { FakeProject } from "../../../support/local-runs";

const ROOT = join(__dirname, "..", "..", "..", "..");
const PROGRAM = join(ROOT, "__tests__", "support", "run-server.ts");

it("a run that was at work when the program was killed ends in an error at the next start; queued ones run", async () => {
  const project = new FakeProject();
  const folder = mkdtempSync(join(tmpdir(), "killed-"));
  const program = spawn(process.execPath, ["-r", "ts-node/register", PROGRAM, folder, project.folder], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const orphan = await project.nextHeld();
  const killed = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGKILL");
  await killed;

  const store = Store.open(join(folder, "state.db"));
  const world: World = { accountId: SEED_ACCOUNT_ID, store, now: () => new Date() };
  const queue = new RunQueue(world, { folder, repo: project.folder, machine: process.env, variablesOf: () => ({}) });
  await queue.start();
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
  store.close();
  project.close();
  rmSync(folder, { recursive: true });
});
