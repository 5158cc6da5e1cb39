import { join } from "node:path";
import { systemClock } from "../../packages/local-dbt-cloud/clock";
import { RunQueue } from "../../packages/local-dbt-cloud/execution/queue";
import { seed, SEED_ACCOUNT_ID } from "../../packages/local-dbt-cloud/seed";
import { Store } from "../../packages/local-dbt-cloud/store/store";
import { queueRun, runsOf, STATUS } from "../../packages/local-dbt-cloud/resources/runs/runs";
import { newSignals, type World } from "../../packages/local-dbt-cloud/world";
import { addJob } from "./listening-cloud";

/**
 * A program for a test. It runs a job that another job waits for. It kills itself when it reads the clock for the nth time
 * after that run has ended.
 */
const [folder = "", repo = "", looks = ""] = process.argv.slice(2);
const store = Store.open(join(folder, "state.db"));
let seen = 0;
const world: World = {
  accountId: SEED_ACCOUNT_ID,
  store,
  signals: newSignals(),
  clock: {
    ...systemClock,
    now: () => {
      const hasEnded = runsOf(world).get(1)?.status === STATUS.success;
      if (hasEnded && seen++ === Number(looks)) process.kill(process.pid, "SIGKILL");
      return new Date();
    },
  },
};
seed(world);
const first = addJob(world);
const condition = { job_id: first.id, project_id: 102, statuses: [STATUS.success] };
addJob(world, { job_completion_trigger_condition: { condition } });
new RunQueue(world, { folder, repo, machine: process.env, variablesOf: () => ({}) });
queueRun(world, first, { trigger: { cause: "test", cause_category: "api" } });
