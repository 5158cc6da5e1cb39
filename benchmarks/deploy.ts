import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withServer, type Server } from "./server";

/**
 * Times branch deploys against a local dbt Cloud that answers each request after 100 ms, and compares them with
 * dbt-jobs-as-code (`npm run python:setup -- --dev` installs it). It times whole commands without npx.
 */
const ROOT = join(__dirname, "..");
const JOB_MANAGER = join(ROOT, "src", "job-manager", "bin.cjs");
const JOBS_AS_CODE = join(ROOT, ".venv", "bin", "dbt-jobs-as-code");
const LATENCY_MILLISECONDS = 100;
const RUNS = 3;
const MANY = 1000;
const SOME = 100;

interface Figure {
  readonly what: string;
  readonly goal: string;
  readonly seconds: number;
  readonly theirs?: number;
}

void main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-deploy-"));
  try {
    const figures = [
      await planOfMany(folder),
      await createSome(folder, "on demand", false),
      await createSome(folder, "with a schedule", true),
      await rerunOfSome(folder),
    ];
    print(figures);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(figures: readonly Figure[]): void {
  console.log(`each request answered after ${LATENCY_MILLISECONDS} ms; median of ${RUNS} runs; dbt-jobs-as-code once`);
  for (const { what, goal, seconds, theirs } of figures) {
    const other = theirs === undefined ? "dbt-jobs-as-code: not installed" : `dbt-jobs-as-code ${theirs.toFixed(1)} s`;
    console.log(`${what.padEnd(58)} ${seconds.toFixed(2)} s  (goal ${goal})  ${other}`);
  }
}

async function planOfMany(folder: string): Promise<Figure> {
  const files = writeFiles(folder, MANY, true);
  const theirs = await withServer({ options: ["--faults"] }, async (server) => {
    if (!existsSync(JOBS_AS_CODE)) return undefined;
    timed(JOBS_AS_CODE, ["sync", files.theirs], theirEnvironment(server));
    await slowDown(server);
    return timed(JOBS_AS_CODE, ["plan", files.theirs], theirEnvironment(server));
  });
  return withServer({ options: ["--faults"] }, async (server) => {
    timed(process.execPath, [JOB_MANAGER, "deploy", "--config", files.ours], ourEnvironment(server));
    await slowDown(server);
    const seconds = repeated(() =>
      timed(process.execPath, [JOB_MANAGER, "plan", "--config", files.ours], ourEnvironment(server)),
    );
    return { what: `plan of ${MANY} existing jobs`, goal: "1.0 s", seconds, theirs };
  });
}

async function createSome(folder: string, kind: string, isScheduled: boolean): Promise<Figure> {
  const files = writeFiles(folder, SOME, isScheduled);
  const theirs = await withServer({ options: ["--faults"] }, async (server) => {
    if (!existsSync(JOBS_AS_CODE)) return undefined;
    await slowDown(server);
    return timed(JOBS_AS_CODE, ["sync", files.theirs], theirEnvironment(server));
  });
  const seconds: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    seconds.push(
      await withServer({ options: ["--faults"] }, async (server) => {
        await slowDown(server);
        return timed(process.execPath, [JOB_MANAGER, "deploy", "--config", files.ours], ourEnvironment(server));
      }),
    );
  }
  return {
    what: `create ${SOME} jobs ${kind}, an override each`,
    goal: isScheduled ? "4.0 s" : "3.5 s",
    seconds: median(seconds),
    theirs,
  };
}

async function rerunOfSome(folder: string): Promise<Figure> {
  const files = writeFiles(folder, SOME, true);
  return withServer({ options: ["--faults"] }, async (server) => {
    const args = [JOB_MANAGER, "deploy", "--config", files.ours];
    timed(process.execPath, args, ourEnvironment(server));
    if (existsSync(JOBS_AS_CODE)) timed(JOBS_AS_CODE, ["sync", files.theirs], theirEnvironment(server));
    await slowDown(server);
    const seconds = repeated(() => timed(process.execPath, args, ourEnvironment(server)));
    const theirs = existsSync(JOBS_AS_CODE)
      ? timed(JOBS_AS_CODE, ["sync", files.theirs], theirEnvironment(server))
      : undefined;
    return { what: `deploy ${SOME} jobs again, nothing to do`, goal: "0.8 s", seconds, theirs };
  });
}

/** Writes the same jobs for both programs. In the small case, each job also overrides an environment variable. */
function writeFiles(folder: string, count: number, isScheduled: boolean): { ours: string; theirs: string } {
  const place = mkdtempSync(join(folder, "files-"));
  mkdirSync(join(place, "environments"));
  const ours = join(place, "environments", "dev.yaml");
  const theirs = join(place, "jobs.yml");
  const numbers = Array.from({ length: count }, (_, i) => i);
  const schedule = (i: number): string => (isScheduled ? `    schedule: { at: ["${hour(i)}:00"] }\n` : "");
  writeFileSync(
    ours,
    [
      "name: development\napplied_by: api\nteam: bench\nproject: { id: 102 }\nenvironment: { id: 999 }",
      "defaults: { owner: bench }\njobs:",
      ...numbers.map(
        (i) =>
          `  job-${i}:\n    category: campaign\n    description: Job ${i}\n${schedule(i)}    execute_steps: [dbt build --select tag:t${i}]`,
      ),
    ].join("\n"),
  );
  writeFileSync(
    theirs,
    [
      "jobs:",
      ...numbers.map((i) =>
        [
          `  job-${i}:`,
          "    account_id: 12345\n    project_id: 102\n    environment_id: 999",
          `    name: Job ${i}\n    dbt_version: null\n    deferring_job_definition_id: null`,
          "    run_generate_sources: false\n    generate_docs: false",
          `    execute_steps: [dbt build --select tag:t${i}]`,
          `    triggers: { github_webhook: false, git_provider_webhook: false, schedule: ${isScheduled} }`,
          "    settings: { threads: 4, target_name: default }\n    execution: { timeout_seconds: 0 }",
          `    schedule: { cron: "0 ${Number(hour(i))} * * *" }`,
          // dbt-jobs-as-code lists all jobs again for each new value, so 1,000 jobs would take longer than the rest.
          ...(count === MANY ? [] : ["    custom_environment_variables: [{ DBT_SCHEMA: marketing_bench }]"]),
        ].join("\n"),
      ),
    ].join("\n"),
  );
  return { ours, theirs };
}

function hour(i: number): string {
  return String(i % 24).padStart(2, "0");
}

function ourEnvironment({ url, token, accountId }: Server): Record<string, string> {
  return {
    DBTCLOUD_HOST_URL: url,
    DBTCLOUD_ACCOUNT_ID: String(accountId),
    DBTCLOUD_TOKEN: token,
    CI_COMMIT_REF_NAME: "feature/bench",
    GITLAB_USER_LOGIN: "bench",
  };
}

function theirEnvironment({ url, token }: Server): Record<string, string> {
  return { DBT_BASE_URL: url, DBT_API_KEY: token };
}

/** Seconds that a whole command takes. */
function timed(command: string, args: readonly string[], env: Record<string, string>): number {
  const begin = performance.now();
  const { status, stderr, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1e9,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  return (performance.now() - begin) / 1000;
}

function repeated(measure: () => number): number {
  return median(Array.from({ length: RUNS }, measure));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function slowDown({ url, token }: Server): Promise<void> {
  await fetch(`${url}/local/faults`, {
    method: "PUT",
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    body: JSON.stringify([{ kind: "latency", milliseconds: LATENCY_MILLISECONDS }]),
  });
}
