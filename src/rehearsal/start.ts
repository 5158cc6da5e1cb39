import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startLocalCloud, runJob, type LocalCloud } from "./local-cloud";
import {
  DEPLOY_BRANCH_JOBS,
  LIST_BRANCH_JOBS,
  ROOT,
  run,
  SHOW,
  shownEnvironments,
  SYNTHESIZE,
  VALIDATE,
} from "./programs";
import { applyStack } from "./terraform";

/** The job that is run for real. */
const MAIN_JOB = { environment: "production", key: "attribution" } as const;
const PRODUCTION = { project_id: 102, environment_id: 302 } as const;

/** The branch whose jobs are deployed, whatever is checked out: main and production have none. */
const BRANCH = { CI_COMMIT_REF_NAME: "feature/rehearsal", CI_COMMIT_REF_SLUG: "", GITLAB_USER_LOGIN: "rehearsal" };

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

/** Checks, synthesizes and shows the jobs, brings them to a local dbt Cloud, and runs one of them for real. */
async function main(): Promise<number> {
  const cloud = await startLocalCloud();
  try {
    const checked = run(VALIDATE) || run(SYNTHESIZE);
    if (checked !== 0) return checked;
    const stacks = reportStacks();
    const shown = run(SHOW);
    return shown || (await rehearse(cloud, stacks));
  } finally {
    await cloud.stop();
  }
}

async function rehearse(cloud: LocalCloud, stacks: readonly string[]): Promise<number> {
  console.log("\n== Apply both stacks to a local dbt Cloud");
  const jobId = applyAll(cloud, stacks) ? await findMainJob(cloud) : await createMainJob(cloud);
  const env = { ...cloud.env, ...BRANCH };
  const deployed = run(DEPLOY_BRANCH_JOBS, env) || run(LIST_BRANCH_JOBS, env);
  if (deployed !== 0) return deployed;
  console.log(`\n== Run ${MAIN_JOB.environment} ${MAIN_JOB.key} on DuckDB`);
  const result = await runJob(cloud, jobId);
  for (const step of result.run_steps) console.log(`${step.status_humanized.padEnd(9)} ${step.name}`);
  if (!result.is_success) console.log(result.run_steps.at(-1)?.logs);
  console.log(`Run ${result.id}: ${result.status_humanized} in ${result.duration}`);
  return result.is_success ? 0 : 1;
}

function applyAll(cloud: LocalCloud, stacks: readonly string[]): boolean {
  for (const stack of stacks) {
    const { applied, message } = applyStack(stack, cloud.env);
    console.log(
      applied ? `${stack}: ${message}` : `not applied: ${message}; the main job is created over the API instead`,
    );
    if (!applied) return false;
  }
  return true;
}

async function findMainJob(cloud: LocalCloud): Promise<number> {
  const name = `marketing-team-${MAIN_JOB.key}-${MAIN_JOB.environment}`;
  const jobs = (await cloud.request("GET", "/jobs/")) as { id: number; name: string }[];
  const job = jobs.find((candidate) => candidate.name === name);
  if (!job) throw new Error(`terraform created no job named ${name}`);
  return job.id;
}

async function createMainJob(cloud: LocalCloud): Promise<number> {
  const { jobs } = shownEnvironments().find(({ name }) => name === MAIN_JOB.environment)!;
  const { execute_steps } = jobs.find(({ key }) => key === MAIN_JOB.key)!;
  const body = { ...PRODUCTION, name: MAIN_JOB.key, execute_steps };
  return ((await cloud.request("POST", "/jobs/", body)) as { id: number }).id;
}

/** cdktf lists the stacks it wrote in its manifest. */
function reportStacks(): string[] {
  const manifest = join(ROOT, "cdktf.out", "manifest.json");
  if (!existsSync(manifest)) throw new Error("main.ts wrote no cdktf.out/manifest.json");
  const { stacks } = JSON.parse(readFileSync(manifest, "utf8")) as {
    stacks: Readonly<Record<string, { synthesizedStackPath: string }>>;
  };
  for (const [name, { synthesizedStackPath }] of Object.entries(stacks)) {
    const file = join("cdktf.out", synthesizedStackPath);
    const { resource } = JSON.parse(readFileSync(join(ROOT, file), "utf8")) as { resource: { dbtcloud_job: object } };
    console.log(`${name}: ${Object.keys(resource.dbtcloud_job).length} jobs in ${file}`);
  }
  return Object.keys(stacks);
}
