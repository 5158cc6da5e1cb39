import { parseArgs } from "node:util";
import { StartError } from "../../packages/local-dbt-cloud/start";
import { ConfigurationError } from "../env-files/problem";
import { UnknownBaseError } from "../env-files/at-base";
import { changedJobs } from "./changed-jobs";
import { createDeclaredJobs, type DeclaredJob } from "./declared-jobs";
import { readDeclared, startRehearsalCloud } from "./local-cloud";
import { ROOT } from "./programs";
import { inRehearsalOrder, rehearse, type Rehearsed } from "./rehearsal";

const EXIT = { ok: 0, failed: 1, usage: 64, configuration: 78 } as const;

const USAGE = "Usage: npm run rehearse -- [--dbt PROGRAM] [--changed BASE | KEY...]";

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

/**
 * Runs declared jobs with real dbt on DuckDB, one after the other, and prints each result. Without keys it runs all
 * jobs. With `--changed` it runs the jobs that differ from those of a branch or commit. `--dbt` names the program that
 * runs as dbt: a path, or a name on PATH.
 */
async function main(args: string[]): Promise<number> {
  const read = readArguments(args);
  if (typeof read === "string") {
    console.error(`${read}\n${USAGE}`);
    return EXIT.usage;
  }
  try {
    return await rehearseJobs(read);
  } catch (error) {
    if (error instanceof UnknownBaseError) {
      console.error(`--changed: ${error.message}`);
      return EXIT.usage;
    }
    if (!(error instanceof ConfigurationError || error instanceof StartError)) throw error;
    console.error(error.message);
    return error instanceof StartError ? EXIT.failed : EXIT.configuration;
  }
}

interface RehearsalArguments {
  readonly keys: readonly string[];
  readonly changed?: string;
  readonly dbt?: string;
}

/** The arguments, or the problem with them. */
function readArguments(args: string[]): RehearsalArguments | string {
  const options = { dbt: { type: "string" }, changed: { type: "string" } } as const;
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (values.changed !== undefined && positionals.length > 0) return "--changed chooses the jobs; leave the keys out";
    return { keys: positionals, ...values };
  } catch (error) {
    return (error as Error).message;
  }
}

async function rehearseJobs({ keys, changed, dbt }: RehearsalArguments): Promise<number> {
  const declared = readDeclared();
  const all = inRehearsalOrder(declared.environments, new Date());
  const unknown = keys.filter((key) => !all.some((job) => job.key === key));
  if (unknown.length > 0) {
    console.error(`No job has the key ${unknown.join(", ")}. \`npx dbt-job-manager show\` lists all keys.`);
    return EXIT.usage;
  }
  const candidates = changed === undefined ? all : changedJobs(ROOT, changed, all);
  if (candidates.length === 0) {
    console.log(`No job differs from ${changed}.`);
    return EXIT.ok;
  }
  const chosen = candidates.filter(({ key }) => keys.length === 0 || keys.includes(key));
  const cloud = await startRehearsalCloud(declared, undefined, dbt);
  try {
    return await rehearseOn(cloud, chosen);
  } finally {
    await cloud.stop();
  }
}

async function rehearseOn(
  { client, declared }: Awaited<ReturnType<typeof startRehearsalCloud>>,
  chosen: readonly DeclaredJob[],
): Promise<number> {
  let failures = 0;
  for await (const rehearsed of rehearse(client, await createDeclaredJobs(client, declared, chosen))) {
    if (report(rehearsed)) failures++;
  }
  console.log(`\n${chosen.length - failures} of ${chosen.length} jobs succeeded`);
  return failures === 0 ? EXIT.ok : EXIT.failed;
}

/**
 * Prints one job's line.
 *
 * @returns whether the job failed. A step that selects nothing also counts as a failure
 */
function report({ job: { environment, key, definition }, run, isTriggered }: Rehearsed): boolean {
  const empty = run.run_steps.filter((step) => step.selected_nothing);
  const failed = !run.is_success || empty.length > 0;
  const verdict = run.is_success && failed ? "Empty" : run.status_humanized;
  const start = isTriggered ? `  started by ${definition.run_after!.job}` : "";
  console.log(`${environment.name.padEnd(12)} ${key.padEnd(30)} ${verdict.padEnd(9)} ${run.duration}${start}`);
  for (const step of empty) console.log(`  selects nothing: ${step.name}`);
  if (!run.is_success) {
    const step = run.run_steps.find(({ status_humanized }) => status_humanized !== "Success");
    console.log(`  ${step?.name ?? "no step was run"}\n${(step?.logs ?? "").split("\n").slice(-15).join("\n")}`);
  }
  return failed;
}
