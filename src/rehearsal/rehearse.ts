import { runJob, startLocalCloud, type LocalCloud, type Run } from "./local-cloud";
import { shownEnvironments, type ShownJob } from "./programs";

const PROJECT_ID = 102;

/** Where each environment's jobs run, in the order in which they build on each other: dev defers to production. */
const ENVIRONMENT_IDS = new Map([
  ["production", 302],
  ["staging", 202],
  ["development", 999],
]);

interface Rehearsed {
  readonly environment: string;
  readonly job: ShownJob;
}

const EXIT = { ok: 0, failed: 1, usage: 64 } as const;

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

/** Runs jobs for real on DuckDB, one after the other, and prints how each went. Without keys all jobs are run. */
async function main(keys: readonly string[]): Promise<number> {
  const jobs = chosen(keys);
  const unknown = keys.filter((key) => !jobs.some(({ job }) => job.key === key));
  if (unknown.length > 0) {
    console.error(`no job has the key ${unknown.join(", ")}; npx dbt-job-manager show lists them`);
    return EXIT.usage;
  }
  const cloud = await startLocalCloud();
  let failures = 0;
  try {
    for (const rehearsed of jobs) {
      const problem = report(rehearsed, await rehearse(cloud, rehearsed));
      if (problem) failures++;
    }
  } finally {
    await cloud.stop();
  }
  console.log(`\n${jobs.length - failures} of ${jobs.length} jobs went well`);
  return failures === 0 ? EXIT.ok : EXIT.failed;
}

/** By environment, and in it by the time of day: what a job reads is built before it. */
function chosen(keys: readonly string[]): Rehearsed[] {
  const environments = shownEnvironments();
  return [...ENVIRONMENT_IDS.keys()].flatMap((name) => {
    const jobs = environments.find((environment) => environment.name === name)?.jobs ?? [];
    return [...jobs]
      .sort((a, b) => startOf(a).localeCompare(startOf(b)))
      .filter(({ key }) => keys.length === 0 || keys.includes(key))
      .map((job) => ({ environment: name, job }));
  });
}

/** The time of day of the next run; on demand comes last. */
function startOf({ next_runs: [next] }: ShownJob): string {
  return next?.slice(11) ?? "on demand";
}

async function rehearse(cloud: LocalCloud, { environment, job }: Rehearsed): Promise<Run> {
  const body = {
    project_id: PROJECT_ID,
    environment_id: ENVIRONMENT_IDS.get(environment),
    name: `${environment} ${job.key}`,
    execute_steps: job.execute_steps,
    deferring_environment_id: environment === "development" ? ENVIRONMENT_IDS.get("production") : null,
  };
  const { id } = (await cloud.request("POST", "/jobs/", body)) as { id: number };
  return runJob(cloud, id);
}

/** Prints one job's line; a step that selects nothing is a failure here, because the job would do nothing. */
function report({ environment, job }: Rehearsed, run: Run): boolean {
  const empty = run.run_steps.filter((step) => step.selected_nothing);
  const failed = !run.is_success || empty.length > 0;
  const verdict = run.is_success && failed ? "Empty" : run.status_humanized;
  console.log(`${environment.padEnd(12)} ${job.key.padEnd(30)} ${verdict.padEnd(9)} ${run.duration}`);
  for (const step of empty) console.log(`  selects nothing: ${step.name}`);
  if (!run.is_success) {
    const step = run.run_steps.find((candidate) => candidate.status_humanized === "Error");
    console.log(`  ${step?.name ?? "no step was run"}\n${(step?.logs ?? "").split("\n").slice(-15).join("\n")}`);
  }
  return failed;
}
