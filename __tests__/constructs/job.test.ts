import { Testing } from "cdktf";
import { EnvironmentStack } from "../../constructs/environment-stack";
import { readSettings } from "../../src/env-files/settings";
import { Job } from "../../constructs/job";
import { DeploymentEnvironment } from "../../constructs/deployment-environment";
import { MarketingProject } from "../../constructs/marketing-project";
import type { JobDefinition } from "../../src/jobs/definition";
import { environmentDefinition, fullJobDefinition, jobDefinition } from "../support/definitions";
import { schemaViolations } from "../support/provider-schema";
import { synthesize, synthesizeEnvironment, type TerraformJson } from "../support/synthesis";

function synthesizeJob(definition: JobDefinition, findEnvironmentId?: (name: string) => number): TerraformJson {
  return synthesize((stack) => {
    const project = MarketingProject.fromProjectId(stack, "Project", 1);
    const environment = DeploymentEnvironment.fromEnvironmentId(stack, "Environment", 2, project);
    new Job(stack, "daily", {
      key: "daily",
      name: "team-daily-test",
      definition,
      project,
      environment,
      findEnvironmentId,
    });
  });
}

function jobsOf(jobs: Readonly<Record<string, object>>, file: object = {}): TerraformJson {
  const definitions = Object.fromEntries(
    Object.entries(jobs).map(([key, job]) => [key, jobDefinition(job as Record<string, unknown>)]),
  );
  return synthesizeEnvironment(environmentDefinition({ jobs: definitions, ...file }));
}

describe("Job", () => {
  it("writes every default of a minimal job", () => {
    const json = synthesizeJob(jobDefinition());
    expect(json["resource"]).toEqual({
      dbtcloud_job: {
        daily: {
          name: "team-daily-test",
          description: "Builds it\n\nOwner: marketing",
          project_id: 1,
          environment_id: 2,
          execute_steps: ["dbt build"],
          schedule_type: "every_day",
          triggers: { github_webhook: false, git_provider_webhook: false, schedule: false, on_merge: false },
          triggers_on_draft_pr: false,
          target_name: "default",
          num_threads: 4,
          execution: { timeout_seconds: 0 },
          generate_docs: false,
          run_generate_sources: false,
          run_compare_changes: false,
          compare_changes_flags: "--select state:modified",
          run_lint: false,
          errors_on_lint_failure: true,
          cost_optimization_features: [],
        },
      },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("writes every value of a maximal job", () => {
    const json = synthesizeJob(fullJobDefinition(), () => 302);
    expect(json["resource"]).toEqual({
      dbtcloud_job: {
        daily: {
          name: "team-daily-test",
          description: "Builds it\n\nOwner: marketing",
          project_id: 1,
          environment_id: 2,
          execute_steps: ["dbt build"],
          schedule_type: "custom_cron",
          schedule_cron: "30 6,18 * * 1,5",
          triggers: { github_webhook: false, git_provider_webhook: false, schedule: true, on_merge: false },
          triggers_on_draft_pr: true,
          target_name: "prod",
          num_threads: 8,
          execution: { timeout_seconds: 900 },
          dbt_version: "latest",
          generate_docs: true,
          run_generate_sources: true,
          deferring_environment_id: 302,
          run_compare_changes: true,
          compare_changes_flags: "--select state:modified+",
          run_lint: true,
          errors_on_lint_failure: false,
          cost_optimization_features: [],
        },
      },
      dbtcloud_environment_variable_job_override: {
        daily_DBT_WINDOW: {
          project_id: 1,
          job_definition_id: "${dbtcloud_job.daily.id}",
          name: "DBT_WINDOW",
          raw_value: "7",
        },
      },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("keeps the schedule of a paused job but does not run it", () => {
    const json = synthesizeJob(jobDefinition({ schedule: { at: ["05:00"] }, paused: true }));
    expect(json["resource"]!["dbtcloud_job"]!["daily"]).toMatchObject({
      schedule_cron: "0 5 * * *",
      triggers: { schedule: false },
    });
  });

  it("sends jobs that git events start without cost optimization", () => {
    const json = synthesizeJob(jobDefinition({ triggers: { git_provider_webhook: true } }));
    expect(json["resource"]!["dbtcloud_job"]!["daily"]).not.toHaveProperty("cost_optimization_features");
    expect(json["resource"]!["dbtcloud_job"]!["daily"]).toMatchObject({ triggers: { git_provider_webhook: true } });
  });

  it("starts a job after another job, in any order of the file", () => {
    const json = jobsOf({
      later: { run_after: { job: "earlier", on: ["success", "error"] } },
      earlier: {},
    });
    expect(json["resource"]!["dbtcloud_job_completion_trigger"]).toEqual({
      later: {
        job_id: "${dbtcloud_job.later.id}",
        trigger_job_id: "${dbtcloud_job.earlier.id}",
        project_id: 1,
        statuses: ["success", "error"],
        lifecycle: { replace_triggered_by: ["dbtcloud_job.later"] },
      },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it.each([
    ["itself", "self", { self_deferring: true }],
    ["another job", { job: "other" }, { deferring_job_id: "${dbtcloud_job.other.id}" }],
    ["its own environment", { environment: "test" }, { deferring_environment_id: 2 }],
  ])("defers to %s", (_, defer_to, expected) => {
    const json = jobsOf({ daily: { defer_to }, other: {} });
    expect(json["resource"]!["dbtcloud_job"]!["daily"]).toMatchObject(expected);
    expect(schemaViolations(json)).toEqual([]);
  });

  it("moves with its trigger and its values, and keeps its address if only the title changes", () => {
    const json = jobsOf({
      fresh: { moved_from: "stale", run_after: { job: "other" }, environment_variables: { DBT_A: "1" } },
      other: {},
    });
    expect(json["moved"]).toEqual([
      { from: "dbtcloud_job.stale", to: "dbtcloud_job.fresh" },
      { from: "dbtcloud_job_completion_trigger.stale", to: "dbtcloud_job_completion_trigger.fresh" },
      {
        from: "dbtcloud_environment_variable_job_override.stale_DBT_A",
        to: "dbtcloud_environment_variable_job_override.fresh_DBT_A",
      },
    ]);
    const renamed = jobsOf({ fresh: { description: "Another title" } }, { team: "other-team" });
    expect(Object.keys(renamed["resource"]!["dbtcloud_job"]!)).toEqual(["fresh"]);
  });

  it("adopts an existing job", () => {
    const json = jobsOf({ daily: { adopt_job_id: 4711 } });
    expect(json["import"]).toEqual([{ id: "4711", to: "dbtcloud_job.daily" }]);
  });

  it("creates its override after the variable", () => {
    const json = jobsOf(
      { daily: { environment_variables: { DBT_A: "7", DBT_B: "8" } } },
      { environment_variables: { DBT_A: "30" } },
    );
    const overrides = json["resource"]!["dbtcloud_environment_variable_job_override"]!;
    expect(overrides["daily_DBT_A"]).toMatchObject({ depends_on: ["dbtcloud_partial_environment_variable.DBT_A"] });
    expect(overrides["daily_DBT_B"]).not.toHaveProperty("depends_on");
  });

  it("refuses a job that does not exist", () => {
    const definition = environmentDefinition({ jobs: { daily: jobDefinition({ run_after: { job: "nowhere" } }) } });
    expect(() => synthesizeEnvironment(definition)).toThrow(
      "test/Jobs/daily: refers to the job nowhere, which does not exist",
    );
  });

  it("refuses an unknown environment", () => {
    const definition = environmentDefinition({ jobs: { daily: jobDefinition({ defer_to: { environment: "x" } }) } });
    const app = Testing.app();
    expect(() => new EnvironmentStack(app, { definition, environments: [], settings: readSettings({}) })).toThrow(
      new Error("test/Jobs/daily: defers to the environment x, whose id is not known"),
    );
  });
});
