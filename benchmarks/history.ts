import { join } from "node:path";
import { jobBody, jobFields, jobsOf, type Job } from "../packages/local-dbt-cloud/resources/jobs/jobs";
import { addRun, runsOf, STATUS, stepsOf } from "../packages/local-dbt-cloud/resources/runs/runs";
import { PLATFORM_WORLD, seed, SEED_ACCOUNT_ID } from "../packages/local-dbt-cloud/seed";
import { Store } from "../packages/local-dbt-cloud/store/store";
import { newSignals, timestamp, type World } from "../packages/local-dbt-cloud/world";

/** The body that creates a job. */
export function job(i: number): object {
  return {
    name: `job ${i}`,
    project_id: 102,
    environment_id: 302,
    execute_steps: ["dbt source freshness --select source:dbt_production", `dbt build --select tag:t${i}`],
    triggers: { schedule: true },
    schedule: { date: { type: "custom_cron", cron: "0 5 * * *" }, time: { type: "every_hour", interval: 1 } },
  };
}

/**
 * Writes the state of a server that has had these jobs and runs, without a server, because that would take an hour.
 *
 * @param folder the state folder
 * @param runs the ended runs, which the jobs have in turn. A run has five steps and no logs.
 */
export function writeHistory(folder: string, jobs: number, runs: number): void {
  const store = Store.open(join(folder, "state.db"));
  let now = new Date("2026-01-01T00:00:00Z");
  const clock = { now: () => now, at: () => () => undefined };
  const world: World = { accountId: SEED_ACCOUNT_ID, store, clock, signals: newSignals() };
  seed(world, PLATFORM_WORLD);
  store.atomically(() => {
    const times = { created_at: timestamp(now), updated_at: timestamp(now) };
    const added = Array.from({ length: jobs }, (_job, i) =>
      jobsOf(world).insert({ ...jobFields(jobBody.parse(job(i))), account_id: SEED_ACCOUNT_ID, ...times }),
    );
    for (let i = 0; i < runs; i++) {
      now = new Date(now.getTime() + 60_000);
      addEndedRun(world, added[i % jobs]!);
    }
  });
  store.close();
}

function addEndedRun(world: World, job: Job): void {
  const run = addRun(world, job, { trigger: { cause: "scheduled", cause_category: "scheduled" } });
  const [status, at] = [STATUS.success, timestamp(world.clock.now())];
  const times = { started_at: at, finished_at: at, created_at: at, updated_at: at };
  const commands = [null, null, "dbt deps", ...run.commands];
  const step_ids = commands.map((command, i) => {
    const own = { run_id: run.id, account_id: run.account_id, index: i + 1, name: command ?? "Clone git repository" };
    return stepsOf(world).insert({ ...own, command, status, ...times, selected_nothing: false, process_id: null }).id;
  });
  runsOf(world).put({ ...run, ...times, status, dequeued_at: at, artifacts_saved: true, step_ids });
}
