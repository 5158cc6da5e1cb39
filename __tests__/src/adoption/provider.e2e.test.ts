import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jobsOf } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { loadEnvironment } from "../../../src/env-files/load";
import { importFromDbtCloud } from "../../../src/job-manager/commands/import";
import { envFile } from "../../support/env-file";
import { envFolder } from "../../support/env-folder";
import { addVariable, openCloud, type ListeningCloud } from "../../support/listening-cloud";
import { TOKEN } from "../../support/local-dbt-cloud";
import { itIf } from "../../support/requirement";
import { synthesizeEnvironment } from "../../support/synthesis";
import { missingTerraformProvider } from "../../support/terraform-provider";
import { TerraformWorkspace } from "../../support/terraform-workspace";
import { bench, personEnv } from "../../support/work-on-branch";

const itWithProvider = itIf(missingTerraformProvider());

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud(undefined, new Date("2026-01-05T04:30:00Z"));
});
afterEach(() => cloud.close());

const custom = (cron: string): object => ({
  cron,
  date: { type: "custom_cron", cron },
  time: { type: "every_hour", interval: 1 },
});
const ON = { github_webhook: false, git_provider_webhook: false, schedule: true, on_merge: false };
const OFF = { ...ON, schedule: false };

/** Creates a job as a person or another client does. */
async function create(name: string, more: object = {}): Promise<number> {
  const response = await fetch(`${cloud.url}/api/v2/accounts/12345/jobs/`, {
    method: "POST",
    headers: { authorization: `Token ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      account_id: 12345,
      project_id: 102,
      environment_id: 302,
      name: `team-${name}-test`,
      description: `Builds ${name}\n\nOwner: analytics`,
      execute_steps: ["dbt build --select tag:core"],
      settings: { threads: 4, target_name: "default" },
      execution: { timeout_seconds: 0 },
      schedule: { cron: "0 * * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
      triggers: OFF,
      generate_docs: false,
      run_generate_sources: false,
      state: 1,
      ...more,
    }),
  });
  const { data, status } = (await response.json()) as { data: { id: number }; status: unknown };
  if (!response.ok) throw new Error(JSON.stringify(status));
  return data.id;
}

/** Jobs with many different settings. Their names are those that Terraform gives. */
async function createJobs(): Promise<void> {
  const first = await create("on-demand");
  await create("daily", { schedule: custom("0 5 * * *"), triggers: ON });
  await create("weekly", {
    schedule: custom("30 7,19 * * 1,5"),
    triggers: ON,
    settings: { threads: 8, target_name: "prod" },
  });
  await create("months", { schedule: custom("0 5 L * *"), triggers: ON, execution: { timeout_seconds: 900 } });
  await create("hours", {
    schedule: custom("0 */6 * * *"),
    triggers: ON,
    generate_docs: true,
    run_generate_sources: true,
  });
  await create("paused", { schedule: custom("5 4 * * 1-5"), triggers: OFF });
  await create("ci", {
    triggers: { ...OFF, git_provider_webhook: true },
    triggers_on_draft_pr: true,
    run_lint: true,
    errors_on_lint_failure: false,
    deferring_environment_id: 302,
    run_compare_changes: true,
    compare_changes_flags: "--select state:modified+1",
  });
  await create("merge", { triggers: { ...OFF, on_merge: true } });
  await create("own-version", {
    dbt_version: "latest-fusion",
    cost_optimization_features: ["state_aware_orchestration"],
  });
  await create("defers", { deferring_job_definition_id: first });
  const overridden = await create("overridden");
  addVariable(cloud.world, "DBT_WINDOW", "1");
  addVariable(cloud.world, "DBT_WINDOW", "30", overridden);
}

/** An env file without jobs for the environment 302 of the cloud. */
function emptyFile(): string {
  const text = envFile({ team: "team", name: "test", jobs: {} });
  return join(envFolder({ "test.yaml": text }), "test.yaml");
}

async function imported(config: string): Promise<{ text: string; json: unknown }> {
  const { text, json } = await importFromDbtCloud({ config, write: true }, bench(personEnv(cloud)));
  return { text, json };
}

/** Runs an action in a folder with the file's stack. */
async function inWorkspace<T>(config: string, action: (workspace: TerraformWorkspace) => Promise<T>): Promise<T> {
  const env = {
    DBT_CLOUD_ACCOUNT_ID: "12345",
    DBT_CLOUD_TOKEN: TOKEN,
    DBT_CLOUD_HOST_URL: `${cloud.url}/api`,
    DBT_CLOUD_RETRY_INTERVAL_SECONDS: "1",
  };
  const { environment, beside } = loadEnvironment(config, {});
  const workspace = new TerraformWorkspace(env);
  try {
    workspace.write(synthesizeEnvironment(environment, env, [environment, ...beside]));
    return await action(workspace);
  } finally {
    workspace.remove();
  }
}

/**
 * What the provider plans for every job that it imports: attributes that dbt Cloud does not answer, and the former place of
 * `execution.timeout_seconds`. It changes no job.
 */
const OF_EVERY_IMPORT = ["execution", "timeout_seconds", "validate_execute_steps"];

/** The attributes that a plan changes in dbt Cloud. */
function changedIn(plan: string): string[] {
  const resources = plan.slice(0, plan.indexOf("Plan: "));
  const changed = [...resources.matchAll(/^ {6}[~+-] (\w+)(?!.*\(known after apply\)$)/gm)].map(([, name]) => name!);
  return [...new Set(changed)].filter((name) => !OF_EVERY_IMPORT.includes(name)).sort();
}

/** The rows of the jobs, without the times of writes. */
function rows(): object[] {
  return jobsOf(cloud.world)
    .all()
    .map(({ updated_at: _updated, ...row }) => row);
}

describe("adopted jobs and the real provider", () => {
  itWithProvider("imports jobs and their variables, and changes nothing in dbt Cloud", async () => {
    await createJobs();
    const before = rows();
    const config = emptyFile();
    const { json } = await imported(config);
    expect(json).toMatchObject({ written: true, present: [] });
    expect((json as { added: string[] }).added).toHaveLength(11);
    expect((json as { remarks: { kind: string }[] }).remarks.filter(({ kind }) => kind !== "check")).toEqual([]);
    await inWorkspace(config, async (workspace) => {
      const plan = await workspace.differences();
      expect(plan).toMatch(/Plan: 12 to import, 0 to add, \d+ to change, 0 to destroy/);
      expect(changedIn(plan)).toEqual([]);
      await workspace.apply();
      expect(rows()).toEqual(before);
      expect(await workspace.differences()).toBe("");
    });
  });

  itWithProvider("plans the new name, the owner, and what another type of schedule becomes", async () => {
    await create("x", {
      name: "Nightly build",
      description: "",
      schedule: { date: { type: "days_of_week", days: [1, 5] }, time: { type: "at_exact_hours", hours: [4] } },
      triggers: ON,
    });
    const config = emptyFile();
    const { text } = await imported(config);
    expect(text).toContain('nightly-build: name ("Nightly build"): the job\'s name in dbt Cloud becomes');
    expect(text).toContain("nightly-build: schedule");
    const plan = await inWorkspace(config, (workspace) => workspace.differences());
    expect(plan).toContain("Plan: 1 to import, 0 to add, 1 to change, 0 to destroy.");
    const fields = ["description", "name", "schedule_cron", "schedule_days", "schedule_hours", "schedule_type"];
    expect(changedIn(plan)).toEqual(fields);
  });
});

it("adds nothing the second time, and changes no job", async () => {
  await createJobs();
  const before = JSON.stringify(jobsOf(cloud.world).all());
  const config = emptyFile();
  await imported(config);
  const once = readFileSync(config, "utf8");
  const { json } = await imported(config);
  expect(json).toMatchObject({ written: false, added: [] });
  expect((json as { present: string[] }).present).toHaveLength(11);
  expect(readFileSync(config, "utf8")).toBe(once);
  expect(JSON.stringify(jobsOf(cloud.world).all())).toBe(before);
});
