import { listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import { dbtVersionSchema } from "../../jobs/definition";
import { inOrder } from "../../jobs/order";
import type { Branch } from "../branch-jobs/branch";
import { markOf } from "../branch-jobs/mark";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import { bootstrapOrder, unmetDeferrals } from "../runs/deferral";
import { isGood, runJobs, runJson, versionText, type RunReport } from "../runs/run-jobs";
import { runKeyOf } from "../runs/run-key";
import { checkKeys, configOption, jobsByKey, notDeployed, openTarget, refuseReadOnly, type Target } from "../target";
import { tellUnpublishedWork } from "../unpublished-work";
import { readUser } from "../workplace";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface RunCommandOptions {
  readonly config: string;
  /** The keys of the jobs to run. Either this or `all`. */
  readonly keys: readonly string[];
  /**
   * Runs all jobs of the env file that are in dbt Cloud, each after the jobs that it expects.
   *
   * @default false
   */
  readonly all?: boolean;
  /** Waits for the end of each run, and fails if a run fails. */
  readonly wait: boolean;
  /** Retries the last run from the point of failure. */
  readonly retry: boolean;
  /**
   * First runs the jobs that these jobs defer to and that have not succeeded yet, and waits for each run.
   *
   * @default false
   */
  readonly bootstrap?: boolean;
  /**
   * The dbt version of the runs: a release track or a version, in dbt Cloud's words.
   *
   * @default - the version of the job, else of its environment
   */
  readonly dbtVersion?: string;
  /**
   * The run key: a command with the same key follows the runs of this one and starts no second ones.
   *
   * @default - in a job of a GitLab pipeline the pipeline and the job, else none
   */
  readonly runKey?: string;
}

/**
 * Runs jobs now, in the order of the keys. The jobs of a branch run on the branch and build into its schema; Terraform's jobs run as
 * they are. With `wait` or `bootstrap`, each job starts after the job before it succeeded.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when an option is not valid, a key is unknown, a job is not deployed, a deploy is unfinished, or the remote
 *   repository does not have the branch; with `bootstrap` also when a job defers to an environment where no run has succeeded
 */
export async function run(options: RunCommandOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  checkKeysOrAll(options);
  checkDbtVersion(options);
  const runKey = runKeyOf(options.runKey, dependencies.env);
  const target = openTarget(options.config, dependencies);
  refuseReadOnly(target, "run jobs", "show the last runs with `dbt-job-manager status`");
  const { client, where, environment, branch } = target;
  checkKeys(options.keys, Object.keys(environment.jobs), options.config);
  if (branch) await tellUnpublishedWork(branch.owner.ref, true, dependencies);
  const records = jobsByKey(target, await listJobs(client, where));
  if (branch) refuseUnfinished(branch, [...records.values()]);
  const wanted = options.all ? deployedInOrder(target, records) : options.keys;
  const keys = options.bootstrap ? await bootstrapKeys(wanted, target, records) : wanted;
  const jobs = keys.map((key) => ({ key, id: records.get(key)?.id ?? notDeployed(key, target) }));
  const reports = await runJobs(client, jobs, {
    by: branch?.owner.user ?? readUser(dependencies.env, dependencies.folder),
    branch: branch && { ref: branch.owner.ref, schema: branch.schema },
    retry: options.retry,
    wait: options.wait || options.bootstrap === true,
    dbtVersion: options.dbtVersion,
    runKey,
    random: dependencies.random,
    clock: dependencies.clock,
    report: (line) => {
      dependencies.progress.note(printable(line));
    },
    show: (line) => {
      dependencies.progress.state(line);
    },
    configOption: configOption(target, options.config),
  });
  dependencies.progress.end();
  return {
    exitCode: reports.every(isGood) ? EXIT.ok : EXIT.failed,
    text: reports.map((report) => printable(reportLine(report, options))).join("\n"),
    json: reports.map(runJson),
  };
}

function checkKeysOrAll({ keys, all = false }: RunCommandOptions): void {
  if (keys.length > 0 !== all) return;
  const problem = all
    ? "--all and keys exclude each other; leave one of them out"
    : "name the jobs to run, or add --all";
  throw new CommandError(EXIT.usage, `${problem}. \`dbt-job-manager show\` lists the keys.`);
}

function deployedInOrder(target: Target, records: ReadonlyMap<string, JobRecord>): string[] {
  const { jobs } = target.environment;
  const keys = inOrder(Object.keys(jobs), jobs);
  const deployed = keys.filter((key) => records.has(key));
  return deployed.length > 0 || keys[0] === undefined ? deployed : notDeployed(keys[0], target);
}

/** A job of this file can run first. A job of another environment cannot, because another file declares it. */
async function bootstrapKeys(
  keys: readonly string[],
  target: Target,
  records: ReadonlyMap<string, JobRecord>,
): Promise<string[]> {
  const unmet = await unmetDeferrals(keys, { ...target, idOf: (key) => records.get(key)?.id });
  const elsewhere = unmet.flatMap(({ key, to }) => ("environment" in to ? [{ key, name: to.environment }] : []));
  if (elsewhere.length === 0) return bootstrapOrder(keys, unmet);
  throw new CommandError(
    EXIT.failed,
    elsewhere.map(
      ({ key, name }) =>
        `Run a job of ${name} first: ${key} defers to the environment ${name}, where no run has succeeded. Nothing was run. ` +
        `\`dbt-job-manager status --config ${fileOf(name, target)}\` shows the jobs of ${name}.`,
    ),
  );
}

function fileOf(name: string, { environment, beside, fileOf: files }: Target): string {
  const found = [environment, ...beside].find((candidate) => candidate.name === name);
  return (found && files.get(found)) ?? name;
}

function checkDbtVersion({ dbtVersion, retry }: RunCommandOptions): void {
  if (dbtVersion === undefined) return;
  const { error } = dbtVersionSchema.safeParse(dbtVersion);
  if (error) {
    throw new CommandError(EXIT.usage, [
      "--dbt-version: it is not a release track or a version of dbt",
      `  got:     ${dbtVersion}`,
      `  allowed: ${error.issues[0]!.message}`,
      "  fix:     use one of these words, or leave the option out",
    ]);
  }
  if (retry) {
    throw new CommandError(
      EXIT.usage,
      "--dbt-version and --retry exclude each other: a retry uses the dbt version of the failed run; leave one of them out",
    );
  }
}

/** One unfinished job shows that its whole deploy is unfinished. Jobs without their own values build into the shared schema. */
function refuseUnfinished({ schema }: Branch, records: readonly JobRecord[]): void {
  if (!records.some(({ description }) => markOf(description)?.pending)) return;
  throw new CommandError(
    EXIT.failed,
    `a deploy of this branch was interrupted, so its jobs may not build into ${schema} yet. Nothing was run. ` +
      "Finish the deploy with `dbt-job-manager deploy`.",
  );
}

function reportLine({ key, run: started, url }: RunReport, { dbtVersion }: RunCommandOptions): string {
  if (!started) return `${key}: not started, because a job before it failed`;
  const version = dbtVersion === undefined ? "" : versionText(started);
  return `${key}: ${started.status_humanized}${version}  ${url ?? ""}`.trimEnd();
}
