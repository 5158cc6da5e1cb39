import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { terraformJobName } from "../jobs/names";
import { createDeclaredJobs, type CreatedJob, type DeclaredJob } from "./declared-jobs";
import { readDeclared, startRehearsalCloud, type RehearsalCloud } from "./local-cloud";
import { DEPLOY_BRANCH_JOBS, LIST_BRANCH_JOBS, ROOT, run, SHOW, SYNTHESIZE, VALIDATE } from "./programs";
import { inRehearsalOrder, rehearse } from "./rehearsal";
import { applyStack } from "./terraform";

/** The job that runs with real dbt. Files without it run their first job. */
const MAIN_JOB = { environment: "production", key: "attribution" } as const;

/** The branch whose jobs are deployed. The current branch can be main or production, which have no branch jobs. */
const BRANCH = { CI_COMMIT_REF_NAME: "feature/rehearsal", CI_COMMIT_REF_SLUG: "", GITLAB_USER_LOGIN: "rehearsal" };

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

/** Checks, synthesizes and shows the jobs, creates them in a local dbt Cloud, and runs one of them with real dbt. */
async function main(): Promise<number> {
  const checked = run(VALIDATE);
  if (checked !== 0) return checked;
  const cloud = await startRehearsalCloud(readDeclared());
  try {
    const synthesized = run(SYNTHESIZE);
    if (synthesized !== 0) return synthesized;
    const stacks = reportStacks();
    return run(SHOW) || (await bringAndRun(cloud, stacks));
  } finally {
    await cloud.stop();
  }
}

async function bringAndRun(cloud: RehearsalCloud, stacks: readonly string[]): Promise<number> {
  const { client, declared } = cloud;
  const jobs = inRehearsalOrder(declared.environments, new Date());
  const main = jobs.find(({ environment, key }) => environment.name === MAIN_JOB.environment && key === MAIN_JOB.key);
  const wanted = main ?? jobs[0]!;
  console.log("\n== Apply both stacks to a local dbt Cloud");
  const isApplied = applyAll(cloud, stacks) && wanted.environment.applied_by === "terraform";
  const job = isApplied ? await findJob(cloud, wanted) : (await createDeclaredJobs(client, declared, [wanted]))[0]!;
  const env = { ...cloud.env, ...BRANCH };
  const deployed = run(DEPLOY_BRANCH_JOBS, env) || run(LIST_BRANCH_JOBS, env);
  if (deployed !== 0) return deployed;
  console.log(`\n== Run ${job.environment.name} ${job.key} on DuckDB`);
  for await (const { run: result } of rehearse(client, [job])) {
    for (const step of result.run_steps) console.log(`${step.status_humanized.padEnd(9)} ${step.name}`);
    if (!result.is_success) console.log(result.run_steps.at(-1)?.logs);
    console.log(`Run ${result.id}: ${result.status_humanized} in ${result.duration}`);
    if (!result.is_success) return 1;
  }
  return 0;
}

function applyAll(cloud: RehearsalCloud, stacks: readonly string[]): boolean {
  for (const stack of stacks) {
    const { applied, message } = applyStack(stack, cloud.env);
    console.log(
      applied ? `${stack}: ${message}` : `not applied: ${message}; the main job is created over the API instead`,
    );
    if (!applied) return false;
  }
  return true;
}

const jobSchema = z.object({ id: z.int(), name: z.string() });

/** The job that Terraform created. */
async function findJob({ client }: RehearsalCloud, job: DeclaredJob): Promise<CreatedJob> {
  const { team, name: environment } = job.environment;
  const name = terraformJobName({ team, key: job.key, environment });
  const found = (await client.list("v2/jobs/", jobSchema)).find((candidate) => candidate.name === name);
  if (!found) throw new Error(`terraform created no job named ${name}`);
  return { ...job, id: found.id };
}

const manifestSchema = z.object({ stacks: z.record(z.string(), z.object({ synthesizedStackPath: z.string() })) });
const stackSchema = z.object({ resource: z.object({ dbtcloud_job: z.record(z.string(), z.unknown()) }) });

/** cdktf lists the stacks in its manifest. */
function reportStacks(): string[] {
  const manifest = join(ROOT, "cdktf.out", "manifest.json");
  if (!existsSync(manifest)) throw new Error("main.ts wrote no cdktf.out/manifest.json");
  const { stacks } = manifestSchema.parse(JSON.parse(readFileSync(manifest, "utf8")));
  for (const [name, { synthesizedStackPath }] of Object.entries(stacks)) {
    const file = join("cdktf.out", synthesizedStackPath);
    const { resource } = stackSchema.parse(JSON.parse(readFileSync(join(ROOT, file), "utf8")));
    console.log(`${name}: ${Object.keys(resource.dbtcloud_job).length} jobs in ${file}`);
  }
  return Object.keys(stacks);
}
