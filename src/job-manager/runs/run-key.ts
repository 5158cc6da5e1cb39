import type { DbtCloudClient } from "../../dbt-cloud/client";
import { runsOfJob, type Run } from "../../dbt-cloud/runs";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";

/** How many of a job's newest runs are searched for a run key. It is one page of the API. */
const SEARCHED = 100;
const LONGEST = 100;
const RUN_KEY = new RegExp(String.raw`^[\w.:/-]{1,${LONGEST}}$`);
/** dbt Cloud's category of a run that repeats the newest run of its job, from the point of failure if it can. */
const RERUN = "rerun";

/**
 * The run key of a command: a text that the cause of its runs carries, by which a later command with the same key finds them. In a
 * job of a GitLab pipeline, it is made from the pipeline and the job, so that a retried job has the same key.
 *
 * @param option the option `--run-key`
 * @returns undefined when the command has no key
 * @throws CommandError when the option is not a run key
 */
export function runKeyOf(option: string | undefined, env: ProcessEnvironment): string | undefined {
  if (option !== undefined) return checked(option);
  const { CI_PIPELINE_ID: pipeline, CI_JOB_NAME_SLUG: job } = env;
  return pipeline && job ? `gitlab-${pipeline}-${job}` : undefined;
}

function checked(key: string): string {
  if (RUN_KEY.test(key)) return key;
  throw new CommandError(EXIT.usage, [
    "--run-key: it is not a run key",
    `  got:     ${key}`,
    `  allowed: 1 to ${LONGEST} letters, digits and the signs . _ : / -`,
    "  fix:     use a text that is the same when the command is repeated, such as nightly-2026-11-29",
  ]);
}

/** The part of a run's cause that carries a run key. */
export function keyMark(key: string): string {
  return `[run-key: ${key}]`;
}

/** The newest run of a run key. */
export interface KeyedRun {
  /** Undefined when no run of the job has the key. */
  readonly run: Run | undefined;
  /** The id of the job's newest run; 0 when the job never ran. */
  readonly newestId: number;
}

/**
 * Finds the newest run of a run key. The retries of a run belong to its key: dbt Cloud always repeats the newest run of a job, so
 * they follow it directly.
 *
 * @throws DbtCloudError when the request fails
 */
export async function newestWithKey(client: DbtCloudClient, jobId: number, key: string): Promise<KeyedRun> {
  const runs = await runsOfJob(client, jobId, SEARCHED);
  const index = runs.findIndex((run) => hasKey(run, key));
  const later = runs.slice(0, Math.max(index, 0)).reverse();
  const other = later.findIndex(({ trigger }) => trigger?.cause_category !== RERUN);
  const retries = other < 0 ? later : later.slice(0, other);
  return { run: retries.at(-1) ?? runs[index], newestId: runs[0]?.id ?? 0 };
}

/** The first run that was started with a run key after the run with the id `after`. */
export async function firstWithKey(
  client: DbtCloudClient,
  jobId: number,
  key: string,
  after: number,
): Promise<Run | undefined> {
  const runs = await runsOfJob(client, jobId, SEARCHED);
  return runs.findLast((run) => run.id > after && run.trigger?.cause_category !== RERUN && hasKey(run, key));
}

function hasKey({ trigger }: Run, key: string): boolean {
  return trigger?.cause?.includes(keyMark(key)) ?? false;
}
