import { systemClock } from "../../packages/local-dbt-cloud/clock";
import { join } from "node:path";
import { RunQueue } from "../../packages/local-dbt-cloud/execution/queue";
import { seed, SEED_ACCOUNT_ID } from "../../packages/local-dbt-cloud/seed";
import { Store } from "../../packages/local-dbt-cloud/store/store";
import { jobBody, jobsOf, jobTypeOf } from "../../packages/local-dbt-cloud/resources/jobs/jobs";
import { queueRun } from "../../packages/local-dbt-cloud/resources/runs/runs";
import { newSignals, timestamp, type World } from "../../packages/local-dbt-cloud/world";

/** A program for tests that kill it. It starts two runs of a job in a state folder and runs until it is killed. */
const [folder = "", repo = ""] = process.argv.slice(2);
const world: World = {
  accountId: SEED_ACCOUNT_ID,
  store: Store.open(join(folder, "state.db")),
  clock: systemClock,
  signals: newSignals(),
};
seed(world);
const now = timestamp(world.clock.now());
const body = jobBody.parse({
  name: "job",
  project_id: 102,
  environment_id: 999,
  execute_steps: ["dbt build hold", "dbt test"],
});
const job = jobsOf(world).insert({
  ...body,
  account_id: SEED_ACCOUNT_ID,
  job_type: jobTypeOf(body),
  cost_optimization_features: [],
  force_node_selection: true,
  created_at: now,
  updated_at: now,
});
new RunQueue(world, { folder, repo, machine: process.env, variablesOf: () => ({}) });
for (const cause of ["first", "second"]) queueRun(world, job, { trigger: { cause, cause_category: "api" } });
