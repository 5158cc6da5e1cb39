import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { jobsOf, type Job } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { localDbtCloud, TOKEN, type LocalDbtCloud } from "../../support/local-dbt-cloud";
import { itIf } from "../../support/requirement";

const PROGRAM = join(__dirname, "../../../.venv/bin/dbt-jobs-as-code");
const itWithProgram = itIf(
  existsSync(PROGRAM) ? undefined : "dbt-jobs-as-code is not in .venv; npm run python:setup -- --dev installs it",
);

let cloud: LocalDbtCloud;
let folder: string;
beforeEach(() => {
  cloud = localDbtCloud();
  folder = mkdtempSync(join(tmpdir(), "jobs-as-code-"));
});
afterEach(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true });
});

const job = (name: string, cron: string): object => ({
  account_id: 12345,
  project_id: 102,
  environment_id: 302,
  name,
  description: "",
  settings: { threads: 4, target_name: "default" },
  execution: { timeout_seconds: 0 },
  run_generate_sources: false,
  generate_docs: false,
  execute_steps: ["dbt build"],
  schedule: { cron },
  triggers: { github_webhook: false, git_provider_webhook: false, schedule: true },
});

itWithProgram("dbt-jobs-as-code plans, syncs, plans nothing more, imports and deactivates", async () => {
  const file = join(folder, "jobs.yml");
  writeFileSync(
    file,
    stringify({ jobs: { nightly: job("Nightly", "0 5 * * 1-5"), other: job("Other", "0 6 * * *") } }),
  );
  const url = await cloud.app.listen({ host: "127.0.0.1", port: 0 });
  const env = { PATH: process.env["PATH"], DBT_API_KEY: TOKEN, DBT_BASE_URL: url };
  const run = async (...args: string[]): Promise<string> => (await promisify(execFile)(PROGRAM, args, { env })).stdout;
  const planned = async (): Promise<string[]> => {
    const plan = JSON.parse(await run("plan", file, "--json")) as { job_changes: { action: string }[] };
    return plan.job_changes.map(({ action }) => action);
  };
  // It creates them in any order.
  const jobs = (): Job[] => [...jobsOf(cloud.world).all()].sort((a, b) => a.name.localeCompare(b.name));

  expect(await planned()).toEqual(["CREATE", "CREATE"]);
  await run("sync", file);
  expect(jobs().map(({ name, schedule }) => [name, schedule.cron])).toEqual([
    ["Nightly [[nightly]]", "0 5 * * 1-5"],
    ["Other [[other]]", "0 6 * * *"],
  ]);
  expect(await planned()).toEqual([]);
  expect(await run("import-jobs", "--account-id", "12345")).toContain("name: Nightly");

  writeFileSync(file, stringify({ jobs: { nightly: job("Nightly", "30 5 * * *"), other: job("Other", "0 6 * * *") } }));
  expect(await planned()).toEqual(["UPDATE"]);
  await run("sync", file);
  expect(await planned()).toEqual([]);

  await run("deactivate-jobs", "--account-id", "12345", "--job-id", String(jobs()[0]!.id));
  expect(jobs().map(({ triggers }) => triggers.schedule)).toEqual([false, true]);
});
