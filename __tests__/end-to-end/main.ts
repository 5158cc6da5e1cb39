import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingTerraformProvider } from "../support/terraform-provider";
import { BRANCH, Workplace, type Ended } from "./workplace";

/**
 * `npm run e2e`: the life of a change, from a branch to production and the clean-up, against a local dbt Cloud that fails on the
 * way. Each deploy runs twice; the second pass must change nothing.
 */
const [DEVELOPMENT, STAGING, PRODUCTION] = [999, 202, 302];
const KEY = "attribution-validation";
const [MODEL, RIGHT, WRONG] = [
  "dbt/models/marts/core/customers.sql",
  "max(order_date) as most_recent_order",
  "min(order_date) as most_recent_order",
];
const NEW_JOB = `  customers:
    category: customer
    description: The customers alone
    execute_steps: [dbt build --select customers]
`;
/** Too many requests, a broken server, and connections that end before and after a request is handled. */
const FAULTS = [
  { kind: "status", code: 429, retry_after: 0, times: 3 },
  { kind: "drop_after", method: "POST", skip: 2, times: 1 },
  { kind: "status", code: 503, skip: 9, times: 2 },
  { kind: "drop_before", skip: 14, times: 1 },
];
const MOST_DEPLOYS = 5;
const FILES: Readonly<Record<string, string>> = { staging: "staging.yaml", production: "prod.yaml" };
const LATENCY = { kind: "latency", milliseconds: 300 };

let steps = 0;
let work: Workplace;

void main().then(
  () => {
    console.log(`${steps} steps passed`);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);

async function main(): Promise<void> {
  const missing = missingTerraformProvider();
  work = await Workplace.open();
  if (missing !== undefined) console.log(`skipped: the steps with Terraform, because ${missing}`);
  try {
    if (missing === undefined) await begin();
    await changeOnBranch();
    if (missing === undefined) {
      await runOnBranch();
      await deployStacks();
    }
    await cleanUp();
  } finally {
    await work.close();
  }
}

async function begin(): Promise<void> {
  await step("both stacks exist, and production has run", async () => {
    succeeded(await work.run("cdktf", "deploy", "staging", "--auto-approve"));
    work.git("checkout", "--quiet", "production");
    succeeded(await work.run("cdktf", "deploy", "production", "--auto-approve"));
    work.git("checkout", "--quiet", "main");
    succeeded(await work.run("dbt-job-manager", "run", "attribution", "--config", "prod", "--wait"));
  });
}

async function changeOnBranch(): Promise<void> {
  await step("a branch changes a job of each environment, and a model", () => {
    work.git("checkout", "--quiet", "-b", BRANCH);
    for (const name of ["dev", "staging", "prod"]) work.edit(`environments/${name}.yaml`, "threads: 4", "threads: 6");
    work.edit("environments/prod.yaml", "jobs:\n", `jobs:\n${NEW_JOB}`);
    work.edit(MODEL, RIGHT, WRONG);
    push("Use more threads, add a job, and change a figure");
  });
  await step("validate accepts it", async () => {
    succeeded(await work.run("dbt-job-manager", "validate"));
  });
  await step("the note says which figures change", async () => {
    await writeNote();
    const [note, ...others] = work.gitlab.notes;
    deepEqual(others, []);
    match(note!.body, /`customers`[^]*most\\_recent\\_order: \d+ rows/);
  });
  await step("the corrected branch updates the same note", async () => {
    work.edit(MODEL, WRONG, RIGHT);
    push("Leave the figure as it was");
    await writeNote();
    equal(work.gitlab.notes.length, 1);
    ok(!work.gitlab.notes[0]!.body.includes("customers"));
  });
  await step("a deploy of the branch jobs succeeds although requests fail", async () => {
    await work.order(...FAULTS);
    succeeded(await work.run("dbt-job-manager", "deploy"));
    await work.order();
    equal((await work.jobs(DEVELOPMENT)).length, 9);
  });
  await step("a second deploy changes nothing", () =>
    unchanged(DEVELOPMENT, async () => {
      match(succeeded(await work.run("dbt-job-manager", "deploy")), /9 unchanged/);
    }),
  );
}

async function runOnBranch(): Promise<void> {
  await step("a job of the branch runs", async () => {
    succeeded(await work.run("dbt-job-manager", "run", KEY, "--wait"));
    const job = (await work.jobs(DEVELOPMENT)).find(({ name }) => name.includes(KEY))!;
    deepEqual(
      (await work.runs(job.id)).map(({ status }) => status),
      [10],
    );
  });
}

async function deployStacks(): Promise<void> {
  await step("main deploys staging; a killed apply is repaired by the next one", async () => {
    merge("main", BRANCH);
    await work.order(LATENCY);
    await killedOnceItWrites(STAGING, "cdktf", "deploy", "staging", "--auto-approve");
    await work.order();
    await deployUntilDone("staging");
    await hasEachJobOnce(STAGING, 6);
  });
  await step("a second deploy of staging changes nothing", () => redeployed("staging", STAGING));
  await step("deploys of production end well although requests fail, and double no job", async () => {
    merge("production", "main");
    await work.order(...FAULTS, { kind: "drop_after", method: "POST", path: "/jobs/$", times: 1 });
    await deployUntilDone("production");
    await work.order();
    // The provider repeats a request that got no answer. The next deploy finds the second job.
    await deployUntilDone("production");
    await hasEachJobOnce(PRODUCTION, 6);
    deepEqual([...new Set((await work.jobs(PRODUCTION)).map(({ settings }) => settings.threads))], [6]);
  });
  await step("a second deploy of production changes nothing", () => redeployed("production", PRODUCTION));
  await step("a change in dbt Cloud is drift, which the next deploy removes", async () => {
    const [job] = await work.jobs(PRODUCTION);
    await work.change(job!, { settings: { ...job!.settings, threads: 1 } });
    equal((await work.run("dbt-job-manager", "drift", "--config", "prod")).exitCode, 2);
    succeeded(await work.run("cdktf", "diff", "production"));
    match(succeeded(await work.run("dbt-job-manager", "diff", "production")), /threads.*1.*6/);
    succeeded(await work.run("cdktf", "deploy", "production", "--auto-approve"));
    equal((await work.jobs(PRODUCTION)).find(({ id }) => id === job!.id)!.settings.threads, 6);
    succeeded(await work.run("dbt-job-manager", "drift", "--config", "prod"));
  });
}

async function cleanUp(): Promise<void> {
  await step("the jobs of the merged branch are deleted, and no other job is", async () => {
    if (work.git("branch", "--show-current") === BRANCH) merge("main", BRANCH);
    const others = [await versions(STAGING), await versions(PRODUCTION)];
    succeeded(await work.run("dbt-job-manager", "cleanup", "--merged", "--all-users", "--yes"));
    deepEqual(await work.jobs(DEVELOPMENT), []);
    deepEqual([await versions(STAGING), await versions(PRODUCTION)], others);
  });
  await step("a second clean-up finds nothing", async () => {
    const args = ["cleanup", "--merged", "--all-users", "--yes"];
    match(succeeded(await work.run("dbt-job-manager", ...args)), /Nothing to delete/);
  });
}

/** Runs one step and prints its time. */
async function step(what: string, action: () => Promise<void> | void): Promise<void> {
  const begin = performance.now();
  await action();
  steps++;
  console.log(`✓ ${what} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}

/** What a command printed as its result. */
function succeeded({ exitCode, stdout, output }: Ended): string {
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}:\n${output}`);
  return stdout;
}

function push(message: string): void {
  work.git("commit", "--quiet", "-am", message);
  work.git("push", "--quiet", "--set-upstream", "origin", BRANCH);
}

function merge(into: string, from: string): void {
  work.git("checkout", "--quiet", into);
  work.git("merge", "--quiet", "--no-ff", "--no-edit", from);
  work.git("push", "--quiet", "origin", into);
  work.git("fetch", "--quiet", "origin");
}

async function writeNote(): Promise<void> {
  work.nextPipeline();
  const markdown = succeeded(await work.run("dbt-job-manager", "diff-data", "--base", "origin/main", "--markdown"));
  writeFileSync(join(work.checkout, "..", "data-diff.md"), markdown);
  const output = join(work.checkout, "..", "note.md");
  succeeded(await work.run("dbt-job-manager", "note", "../data-diff.md", "--output", output));
  ok(existsSync(output));
}

/**
 * Deploys a stack as often as it needs, and does what the guard says about jobs that an earlier deploy has created without the
 * knowledge of the state.
 */
async function deployUntilDone(stack: string): Promise<void> {
  let output = "";
  for (let deploys = 1; deploys <= MOST_DEPLOYS; deploys++) {
    const ended = await work.run("cdktf", "deploy", stack, "--auto-approve");
    if (ended.exitCode === 0) return;
    output = ended.output;
    const doubles = output.matchAll(/fix: delete job (\d+) in dbt Cloud/g);
    for (const [, id] of doubles) await work.remove(Number(id));
    for (const [, key, id] of output.matchAll(/creates the job (\S+), .*\n.*adopt_job_id: (\d+)/g)) {
      work.edit(`environments/${FILES[stack]!}`, `\n  ${key}:\n`, `\n  ${key}:\n    adopt_job_id: ${id}\n`);
      console.log(`  adopts ${key}`);
    }
  }
  throw new Error(`no deploy of ${stack} succeeds:\n${output}`);
}

async function hasEachJobOnce(environmentId: number, count: number): Promise<void> {
  const names = (await work.jobs(environmentId)).map(({ name }) => name);
  deepEqual([names.length, new Set(names).size], [count, count], names.join());
}

/** The jobs of an environment, each with the time of its last change. */
async function versions(environmentId: number): Promise<string> {
  const jobs = await work.jobs(environmentId);
  return jobs.map(({ id, name, updated_at }) => `${id} ${name} ${updated_at}`).join("\n");
}

/** Runs an action that must leave every job of an environment as it is. */
async function unchanged(environmentId: number, action: () => Promise<void>): Promise<void> {
  const before = await versions(environmentId);
  await action();
  equal(await versions(environmentId), before);
}

function redeployed(stack: string, environmentId: number): Promise<void> {
  return unchanged(environmentId, async () => {
    match(
      succeeded(await work.run("cdktf", "deploy", stack, "--auto-approve")),
      /No changes|0 added, 0 changed, 0 destroyed/,
    );
  });
}

/** Starts a program and kills it with its children when it has changed the first job of an environment. */
async function killedOnceItWrites(environmentId: number, ...command: Parameters<Workplace["run"]>): Promise<void> {
  const before = await versions(environmentId);
  const { child, ended } = work.start(...command);
  while (child.exitCode === null && (await versions(environmentId)) === before) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.kill(-child.pid!, "SIGKILL");
  equal((await ended).exitCode, null);
}
