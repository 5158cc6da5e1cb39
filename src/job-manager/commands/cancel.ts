import { cancelRun, isOver, runUrl } from "../../dbt-cloud/runs";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import { newestRunOf } from "../runs/newest-run";
import { openTarget, refuseReadOnly } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface CancelOptions {
  readonly config: string;
  /** The key of a job. */
  readonly key: string;
}

/**
 * Cancels the newest run of a job, and waits for its end.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when the key is unknown, the job is not deployed, or no run is in progress
 */
export async function cancel(
  { key, config }: CancelOptions,
  dependencies: CommandDependencies,
): Promise<CommandResult> {
  const target = openTarget(config, dependencies);
  refuseReadOnly(target, "cancel a run", `follow it with \`dbt-job-manager logs ${key} --follow\``);
  const { client, run: newest } = await newestRunOf(key, config, target);
  if (!newest || isOver(newest)) {
    throw new CommandError(
      EXIT.failed,
      `there is nothing to cancel, because no run of ${key} is in progress; \`dbt-job-manager status ${key}\` shows the last one`,
    );
  }
  const run = await cancelRun(client, newest.id);
  const url = runUrl(client, run);
  return {
    exitCode: EXIT.ok,
    text: printable(`${key}: run ${run.id} ended: ${run.status_humanized}  ${url}`),
    json: { key, run_id: run.id, status: run.status_humanized, url } satisfies ResultOf<"cancel">,
  };
}
