import { jobsAsCode } from "../../../src/adoption/jobs-as-code";
import { tfvarsJobs } from "../../../src/adoption/tfvars";
import { ConfigurationError } from "../../../src/env-files/problem";

const TFVARS = `
project_id = "102"
jobs = {
  "attribution-daily-refresh" = {
    name            = "Attribution [[attribution]]"
    description     = "Core models"
    execute_steps   = ["dbt build"]
    num_threads     = 8
    timeout_seconds = 900
    schedule_type   = "days_of_week"
    schedule_hours  = [5, 17]
    schedule_days   = [1, 5]
    triggers        = { schedule = true, github_webhook = false }
    env_vars        = { DBT_WINDOW = 30 }
    job_id          = 4711
  }
  "after" = {
    steps = ["dbt test"]
    job_completion_trigger_condition = [{ job_id = 4711, project_id = 102, statuses = ["success", "error"] }]
  }
}
more_jobs = [{ name = "Hourly", cron = "0 * * * *", is_active = false }]
`;

describe("a tfvars file", () => {
  it("has jobs in maps and lists, with the names of the provider", async () => {
    const { jobs, remarks } = await tfvarsJobs("prod.tfvars", TFVARS);
    expect(jobs.map(({ id, identifier, job }) => [id, identifier, job.name])).toEqual([
      [undefined, "after", "after"],
      [4711, "attribution", "Attribution"],
      [undefined, undefined, "Hourly"],
    ]);
    expect(jobs[1]).toMatchObject({
      job: {
        settings: { threads: 8 },
        execution: { timeout_seconds: 900 },
        schedule: { date: { type: "days_of_week", days: [1, 5] }, time: { hours: [5, 17] } },
        triggers: { schedule: true },
      },
      variables: new Map([["DBT_WINDOW", { value: "30" }]]),
    });
    expect(jobs[0]!.job.job_completion_trigger_condition).toEqual({
      condition: { job_id: 4711, project_id: 102, statuses: [10, 20] },
    });
    expect(jobs[2]!.job).toMatchObject({ state: 2, triggers: { schedule: true }, schedule: { cron: "0 * * * *" } });
    expect(remarks.map(({ field, value, fix }) => [field, value, fix])).toEqual([
      ["project_id", '"102"', "write it in the env file as `project: { id: NUMBER }`"],
    ]);
  });

  it.each([
    ["jobs = {", /^x\.tfvars:1:\d+: .*\n {2}allowed: .*\n {2}fix: {5}/],
    ["a = 1", /x\.tfvars: the file has no jobs\n {2}got: {5}a\n {2}allowed: .*\n {2}fix: {5}/],
    ['jobs = { a = { name = "x", num_threads = "four" } }', /x\.tfvars {2}jobs\.a\.threads: .*\n {2}got: {5}"four"/],
    ["jobs = { a = { name = var.name } }", /x\.tfvars {2}jobs\.a\.name: the value is an expression/],
  ])("is refused with place, value, allowed values and fix: %s", async (text, message) => {
    await expect(tfvarsJobs("x.tfvars", text)).rejects.toThrow(message);
    await expect(tfvarsJobs("x.tfvars", text)).rejects.toBeInstanceOf(ConfigurationError);
  });

  it("does not show the value of a secret", async () => {
    const { remarks } = await tfvarsJobs("x.tfvars", 'dbt_token = "hunter2hunter2"\njobs = { a = { name = "x" } }');
    expect(remarks.map(({ field, value }) => [field, value])).toEqual([["dbt_token", undefined]]);
  });
});

const AS_CODE = `
anchors: &base
  account_id: 12345
  project_id: "102"
  environment_id: "302"
  run_generate_sources: true
  generate_docs: false
  triggers: { github_webhook: false, git_provider_webhook: false, schedule: true }
jobs:
  nightly:
    <<: *base
    name: Nightly
    linked_id: 4711
    execute_steps: [dbt build]
    schedule: { cron: "0 5 * * *" }
    custom_environment_variables: [{ DBT_WINDOW: 30 }]
  weekly:
    <<: *base
    name: "Weekly [[weekly-load]]"
    description: "Loads it [[weekly]]"
    self_deferring: true
    execute_steps: [dbt build]
`;

describe("a file of dbt-jobs-as-code", () => {
  it("has jobs by identifier, with its defaults", () => {
    const [nightly, weekly] = jobsAsCode("jobs.yml", AS_CODE);
    expect(nightly).toMatchObject({
      id: 4711,
      identifier: "nightly",
      job: { name: "Nightly", project_id: 102, settings: { threads: 4, target_name: "default" } },
      variables: new Map([["DBT_WINDOW", { value: "30" }]]),
    });
    expect(weekly).toMatchObject({
      id: undefined,
      identifier: "weekly",
      job: { name: "Weekly", self_deferring: true },
    });
  });

  it.each([
    ["jobs: [", /^jobs\.yml:\d+:\d+: /],
    ["jobs: 3", /jobs\.yml {2}jobs: expected record.*\n {2}got: {5}3/],
    [
      "jobs:\n  a: { name: 7 }",
      /jobs\.yml {2}jobs\.a\.name: expected string.*\n {2}got: {5}7\n {2}allowed: .*\n {2}fix: /,
    ],
  ])("is refused with place, value, allowed values and fix: %j", (text, message) => {
    expect(() => jobsAsCode("jobs.yml", text)).toThrow(message);
  });
});
