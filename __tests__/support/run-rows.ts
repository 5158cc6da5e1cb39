import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jobsOf } from "../../packages/local-dbt-cloud/resources/jobs/jobs";
import { endRun } from "../../packages/local-dbt-cloud/resources/runs/ending";
import { runFolder } from "../../packages/local-dbt-cloud/resources/runs/files";
import {
  addRun,
  runsOf,
  stepsOf,
  type EndStatus,
  type Run,
  type Status,
} from "../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp, type World } from "../../packages/local-dbt-cloud/world";

/** A run of a job, as a test wants it. */
export interface RunWish {
  readonly at?: Date;
  /** The cause of the run. */
  readonly by?: "api" | "scheduled" | "rerun" | "job completion";
  readonly cause?: string;
  readonly status?: Status;
  /** The names of its steps and how they ended. */
  readonly steps?: readonly (readonly [name: string, status: Status])[];
  /** The text of its last step's run_results.json. */
  readonly results?: string;
  /** The text of its last step's log. */
  readonly log?: string;
}

/** Adds the row of a run. Nothing executes the run. */
export function addRunOf(world: World, jobId: number, wish: RunWish = {}): Run {
  const { by = "scheduled", cause = "test" } = wish;
  return changeRun(world, addRun(world, jobsOf(world).get(jobId)!, { trigger: { cause, cause_category: by } }), wish);
}

/** Gives a run the status, the steps, the results and the log that a test wants. */
export function changeRun(world: World, run: Run, wish: RunWish): Run {
  const { at = world.clock.now(), status = 10, steps = [], results, log } = wish;
  const time = timestamp(at);
  const rows = steps.map(([name, end], i) =>
    stepsOf(world).insert({
      run_id: run.id,
      account_id: world.accountId,
      index: i + 1,
      name,
      command: name,
      status: end,
      started_at: time,
      finished_at: end < 10 ? null : time,
      selected_nothing: false,
      process_id: null,
      created_at: time,
      updated_at: time,
    }),
  );
  const folder = runFolder(world.runsFolder ?? "", run.id);
  if (results !== undefined) writeIn(join(folder.artifacts(steps.length), "run_results.json"), results);
  if (log !== undefined) writeIn(folder.log(steps.length), log);
  return runsOf(world).put({
    ...run,
    status,
    created_at: time,
    updated_at: time,
    started_at: time,
    finished_at: status < 10 ? null : time,
    step_ids: rows.map(({ id }) => id),
  });
}

function writeIn(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Ends queued runs in the given ways, one after the other. The last way applies to all further runs. */
export function endQueuedRuns(world: World, ends: readonly EndStatus[]): void {
  for (const run of runsOf(world).all()) {
    if (run.status !== 1) continue;
    const before = runsOf(world)
      .all()
      .filter(({ status }) => status >= 10).length;
    endRun(world, run, { status: ends[Math.min(before, ends.length - 1)]!, status_message: null });
  }
}
