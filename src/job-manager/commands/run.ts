import { listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import type { Branch } from "../branch-jobs/branch";
import { markOf } from "../branch-jobs/mark";
import { EXIT } from "../exit-codes";
import { isGood, runJobs, runJson, type RunReport } from "../runs/run-jobs";
import { checkKeys, jobsByKey, openTarget, type Target } from "../target";
import { readUser } from "../workplace";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface RunCommandOptions {
  readonly config: string;
  readonly keys: readonly string[];
  /** Follows the runs to their end and fails with them. */
  readonly wait: boolean;
  /** Goes on from where the last run failed. */
  readonly retry: boolean;
}

/**
 * Runs jobs now: a branch's on the branch and in its schema, Terraform's as they are. Several are run in the order given; with
 * `wait` each after the one before it went well.
 *
 * @throws CommandError when a key is unknown, its job is not deployed, or a deploy was broken off
 */
export async function run(options: RunCommandOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const target = openTarget(options.config, dependencies);
  const { client, where, environment, branch } = target;
  checkKeys(options.keys, Object.keys(environment.jobs), options.config);
  const records = jobsByKey(target, await listJobs(client, where));
  if (branch) refuseUnfinished(branch, [...records.values()]);
  const jobs = options.keys.map((key) => ({ key, id: records.get(key)?.id ?? notDeployed(key, target) }));
  const reports = await runJobs(client, jobs, {
    by: branch?.owner.user ?? readUser(dependencies.env, dependencies.folder),
    branch: branch && { ref: branch.owner.ref, schema: branch.schema },
    retry: options.retry,
    wait: options.wait,
    say: (line) => {
      dependencies.progress.note(line);
    },
  });
  return {
    exitCode: reports.every(isGood) ? EXIT.ok : EXIT.failed,
    text: reports.map(reportLine).join("\n"),
    json: reports.map(runJson),
  };
}

/** The unfinished job stands for all jobs of its deploy; without their own values they build into the schema that all share. */
function refuseUnfinished({ schema }: Branch, records: readonly JobRecord[]): void {
  if (!records.some(({ description }) => markOf(description)?.pending)) return;
  throw new CommandError(
    EXIT.failed,
    `a deploy of this branch was broken off, so that its jobs may not build into ${schema} yet; ` +
      "`dbt-job-manager deploy` finishes it. Nothing was run.",
  );
}

function notDeployed(key: string, { branch, environment }: Target): never {
  const fix = branch
    ? `\`dbt-job-manager deploy --only ${key}\` brings it to branch ${branch.owner.ref}`
    : `\`npx cdktf deploy ${environment.name}\` creates it`;
  throw new CommandError(EXIT.failed, `${key} is not deployed; ${fix}`);
}

function reportLine({ key, run: ran, url }: RunReport): string {
  if (!ran) return `${key}: not started, because a job before it failed`;
  return `${key}: ${ran.status_humanized}  ${url ?? ""}`.trimEnd();
}
