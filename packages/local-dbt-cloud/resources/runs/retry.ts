import { existsSync } from "node:fs";
import { join } from "node:path";
import { Refused } from "../../http/refused";
import type { World } from "../../world";
import { jobIn } from "../jobs/jobs";
import { newestRun } from "./groups";
import { runFolder } from "./files";
import { queueRun, STATUS, stepsOfRun, type Run, type RunStep } from "./runs";

/** The step from which a run can be retried, or the reason why it cannot. */
export type Retry =
  | { readonly possible: true; readonly failed: RunStep; readonly skipped: readonly RunStep[] }
  | { readonly possible: false; readonly reason: string };

/** The commands that `dbt retry` supports. */
const RETRYABLE =
  /^dbt\s(?:.*\s)?(?:build|compile|clone|docs generate|run|run-operation|seed|snapshot|test|retry)(?:\s|$)/;

/** Whether and how a run can be retried. */
export function retryOf(world: World, run: Run): Retry {
  if (run.status !== STATUS.error) return impossible("RETRY_NOT_FAILED_RUN");
  if (newestRun(world, run.job_definition_id)?.id !== run.id) return impossible("RETRY_NOT_LATEST_RUN");
  const steps = stepsOfRun(world, run);
  // An optional source check can fail earlier without ending the run.
  const failed = steps.findLast((step) => step.status === STATUS.error && step.command !== null);
  if (!failed || !hasResults(world, failed)) return impossible("RETRY_NO_RUN_RESULTS");
  if (!RETRYABLE.test(failed.command!)) return impossible("RETRY_UNSUPPORTED_CMD");
  return { possible: true, failed, skipped: steps.filter((step) => step.index > failed.index) };
}

/** The commands of a retry. */
function commandsOf({ skipped }: Extract<Retry, { possible: true }>, run: Run): string[] {
  const commands = skipped.map(({ command }) => command!).filter((command) => run.commands.includes(command));
  return ["dbt retry", ...commands];
}

/**
 * Queues a run that continues where another run failed.
 *
 * @throws Refused with 400 when that run cannot be retried
 */
export function retryRun(world: World, run: Run): Run {
  const retry = retryOf(world, run);
  if (!retry.possible) throw new Refused(400, `Run ${run.id} cannot be retried: ${retry.reason}`);
  const job = jobIn(world, { job: String(run.job_definition_id) });
  return queueRun(world, job, {
    trigger: { ...run.trigger, cause: `Retry of run ${run.id}`, cause_category: "rerun" },
    retry: { run, commands: commandsOf(retry, run) },
  });
}

function impossible(reason: string): Retry {
  return { possible: false, reason };
}

function hasResults(world: World, step: RunStep): boolean {
  if (world.runsFolder === undefined) return false;
  return existsSync(join(runFolder(world.runsFolder, step.run_id).artifacts(step.index), "run_results.json"));
}
