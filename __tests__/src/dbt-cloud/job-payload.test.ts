import { jobPayload, type JobPayload } from "../../../src/dbt-cloud/job-payload";
import type { EnvironmentDefinition } from "../../../src/env-files/definition";
import { terraformJobName } from "../../../src/jobs/names";
import { environmentDefinition, fullJobDefinition, jobDefinition } from "../../support/definitions";
import { rowAfterTerraform } from "../../support/provider-request";
import { shippedEnvironments, synthesizeEnvironment } from "../../support/synthesis";

const ACCOUNT = 12345;

function payloadOf(environment: EnvironmentDefinition, key: string, environments = [environment]): JobPayload {
  const idOf = idsOf(environment);
  return jobPayload(environment.jobs[key]!, {
    accountId: ACCOUNT,
    projectId: idIn(environment.project),
    environmentId: idIn(environment.environment),
    name: terraformJobName({ team: environment.team, key, environment: environment.name }),
    jobId: idOf(key),
    jobIdOf: idOf,
    environmentIdOf: (name) => idIn(environments.find((other) => other.name === name)!.environment),
  });
}

function idIn(reference: { id: number } | { managed: unknown }): number {
  if (!("id" in reference)) throw new Error("not by reference");
  return reference.id;
}

function idsOf(environment: EnvironmentDefinition): (key: string) => number {
  return (key) => 1000 + Object.keys(environment.jobs).indexOf(key);
}

/** Both ways to dbt Cloud. A file that the API applies also takes the Terraform way, only for the comparison. */
function bothWays(environment: EnvironmentDefinition, key: string, environments?: EnvironmentDefinition[]): object[] {
  const json = synthesizeEnvironment(environment, {}, environments);
  return [payloadOf(environment, key, environments), rowAfterTerraform(json, key, ACCOUNT, idsOf(environment))];
}

describe("jobPayload", () => {
  const environments = shippedEnvironments();
  const jobs = environments.flatMap((environment) =>
    Object.keys(environment.jobs).map((key) => [environment.name, key, environment] as const),
  );

  it("is compared with Terraform for all jobs", () => {
    expect(jobs).toHaveLength(20);
  });

  it.each(jobs)("makes the same job of %s/%s as Terraform does", (_, key, environment) => {
    const [payload, row] = bothWays(environment, key, environments);
    expect(payload).toEqual(row);
  });

  it.each([
    ["everything", { ...fullJobDefinition(), defer_to: { environment: "test" } }],
    ["a paused schedule", jobDefinition({ schedule: { every_hours: 6 }, paused: true })],
    ["a CI job", jobDefinition({ triggers: { github_webhook: true }, triggers_on_draft_pr: true })],
    ["a merge job", jobDefinition({ triggers: { on_merge: true } })],
    ["self deferral", jobDefinition({ defer_to: "self" })],
    ["deferral to a job", jobDefinition({ defer_to: { job: "other" } })],
    ["a completion trigger", jobDefinition({ run_after: { job: "other", on: ["success", "error", "canceled"] } })],
    ["cost optimization", jobDefinition({ cost_optimization_features: ["state_aware_orchestration"] })],
  ])("makes the same job as Terraform with %s", (_, job) => {
    const [payload, row] = bothWays(environmentDefinition({ jobs: { daily: job, other: jobDefinition() } }), "daily");
    expect(payload).toEqual(row);
  });

  it("is the body that dbt Cloud accepts", () => {
    const environment = environmentDefinition({
      jobs: { daily: jobDefinition({ schedule: { at: ["05:00"] }, run_after: undefined }) },
    });
    expect(payloadOf(environment, "daily")).toEqual({
      account_id: 12345,
      project_id: 1,
      environment_id: 2,
      name: "team-daily-test",
      description: "Builds it\n\nOwner: marketing",
      execute_steps: ["dbt build"],
      schedule: {
        cron: "0 5 * * *",
        date: { type: "custom_cron", cron: "0 5 * * *" },
        time: { type: "every_hour", interval: 1 },
      },
      triggers: { github_webhook: false, git_provider_webhook: false, schedule: true, on_merge: false },
      job_completion_trigger_condition: null,
      triggers_on_draft_pr: false,
      settings: { threads: 4, target_name: "default" },
      execution: { timeout_seconds: 0 },
      dbt_version: null,
      generate_docs: false,
      run_generate_sources: false,
      deferring_job_definition_id: null,
      deferring_environment_id: null,
      run_compare_changes: false,
      compare_changes_flags: "--select state:modified",
      run_lint: false,
      errors_on_lint_failure: true,
      cost_optimization_features: [],
      state: 1,
    });
  });

  it("leaves self deferral open until the job has an id", () => {
    const payload = jobPayload(jobDefinition({ defer_to: "self" }), {
      accountId: ACCOUNT,
      projectId: 1,
      environmentId: 2,
      name: "n",
      jobIdOf: () => 0,
      environmentIdOf: () => 0,
    });
    expect(payload.deferring_job_definition_id).toBeNull();
  });
});
