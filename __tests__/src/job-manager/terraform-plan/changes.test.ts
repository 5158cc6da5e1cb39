import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changesIn, type PlanChanges } from "../../../../src/job-manager/terraform-plan/changes";
import { readPlan } from "../../../../src/job-manager/terraform-plan/plan-file";
import { jobRow, planText, resourceChange } from "../../../support/terraform-plans";

function changesOf(changes: Parameters<typeof planText>[0], rest: Parameters<typeof planText>[1] = {}): PlanChanges {
  return changesIn(readPlan(planText(changes, rest), "plan.json"));
}

describe("a plan that Terraform made with the real provider", () => {
  const text = readFileSync(join(__dirname, "production-plan.json"), "utf8");
  const { jobs, others } = changesIn(readPlan(text, "plan.json"));

  it("has each job with its action", () => {
    expect(jobs.map(({ key, action, jobId, movedFrom }) => [key, action, jobId, movedFrom])).toEqual([
      ["attribution", "update", 3, undefined],
      ["campaign-results", "update", 4, "campaign-performance"],
      ["critical-tests", "delete", 5, undefined],
      ["customer-ltv", "update", 1, undefined],
      ["executive-dashboard", "update", 2, undefined],
      ["nightly-tests", "create", undefined, undefined],
    ]);
  });

  it("has the changed fields by their names in env files", () => {
    expect(jobs.find(({ key }) => key === "executive-dashboard")!.differences).toEqual([
      {
        field: "execute_steps[1]",
        before: "dbt build --select tag:executive",
        after: "dbt build --select tag:executive --full-refresh",
      },
      { field: "threads", before: 4, after: 8 },
    ]);
    expect(jobs.find(({ key }) => key === "campaign-results")!.cron).toEqual({
      before: "0 6 * * *",
      after: "30 6 * * *",
    });
  });

  it("names environment variables and recipients, and the jobs of notifications", () => {
    expect(others).toEqual([
      expect.objectContaining({
        title: "environment variable DBT_ATTRIBUTION_WINDOW_DAYS",
        differences: [{ field: "environment_values.marketing-production", before: "30", after: "14" }],
      }),
      expect.objectContaining({
        title: "notifications to marketing-data@example.com",
        differences: [
          { field: "on_failure[4]", before: "critical-tests", after: "(known after apply)" },
          { field: "on_warning[4]", before: "critical-tests", after: "(known after apply)" },
        ],
      }),
    ]);
  });
});

describe("the change of a job", () => {
  it.each([
    [["no-op"], "unchanged"],
    [["create"], "create"],
    [["update"], "update"],
    [["delete"], "delete"],
    [["delete", "create"], "replace"],
    [["create", "delete"], "replace"],
    [["forget"], "forget"],
  ])("with the actions %j is %s", (actions, action) => {
    expect(changesOf([resourceChange(actions, jobRow(), jobRow())]).jobs).toMatchObject([{ key: "daily", action }]);
  });

  it("is an update when only its trigger or an environment variable changes", () => {
    const job = resourceChange(["no-op"], jobRow(), jobRow());
    const trigger = { type: "dbtcloud_job_completion_trigger" };
    const first = { trigger_job_id: 7, statuses: ["success"] };
    const override = { type: "dbtcloud_environment_variable_job_override", name: "daily_DBT_A_B" };
    const { jobs, others } = changesOf([
      job,
      resourceChange(["update"], first, { ...first, statuses: ["success", "error"] }, trigger),
      resourceChange(["update"], { raw_value: "1" }, { raw_value: "2" }, override),
    ]);
    expect(jobs).toMatchObject([
      {
        action: "update",
        differences: [
          { field: "run_after", before: "daily (success)", after: "daily (error, success)" },
          { field: "environment_variables.DBT_A_B", before: "1", after: "2" },
        ],
      },
    ]);
    expect(others).toEqual([]);
  });

  it("names the job of a trigger that does not exist yet", () => {
    const address = "dbtcloud_job_completion_trigger.daily";
    const { jobs } = changesOf(
      [
        resourceChange(["no-op"], jobRow(), jobRow()),
        resourceChange(
          ["create"],
          null,
          { statuses: ["success"] },
          {
            type: "dbtcloud_job_completion_trigger",
            after_unknown: { trigger_job_id: true },
          },
        ),
      ],
      {
        configuration: {
          provider_config: {},
          root_module: {
            resources: [
              {
                address,
                expressions: { trigger_job_id: { references: ["dbtcloud_job.early.id", "dbtcloud_job.early"] } },
              },
            ],
          },
        },
      },
    );
    expect(jobs[0]!.differences).toEqual([{ field: "run_after", before: null, after: "early (success)" }]);
  });

  it("shows no secret, and says which value nobody knows yet", () => {
    const { others } = changesOf([
      resourceChange(
        ["update"],
        { password: "old", nested: { secret: "old" }, port: 1 },
        { password: "new", nested: { secret: "new" }, port: 2 },
        {
          type: "dbtcloud_redshift_credential",
          name: "redshift",
          before_sensitive: { password: true, nested: { secret: true } },
          after_sensitive: { password: true, nested: { secret: true } },
          after_unknown: { credential_id: true },
        },
      ),
    ]);
    expect(JSON.stringify(others)).not.toMatch(/old|new/);
    expect(others[0]!.differences).toEqual([
      { field: "port", before: 1, after: 2 },
      { field: "credential_id", before: null, after: "(known after apply)" },
    ]);
  });

  it("says what somebody changed in dbt Cloud", () => {
    const drift = [resourceChange(["update"], jobRow(), jobRow({ num_threads: 9 }))];
    const changes = [resourceChange(["update"], jobRow({ num_threads: 9 }), jobRow())];
    expect(changesOf(changes, { resource_drift: drift }).jobs[0]!.changedByHand).toEqual(["threads"]);
  });

  it("says that a job is moved or adopted, also when nothing else changes", () => {
    const moved = resourceChange(["no-op"], jobRow(), jobRow(), { previous_address: "dbtcloud_job.old" });
    const adopted = resourceChange(["no-op"], jobRow(), jobRow(), { importing: { id: "7" } });
    expect(changesOf([moved]).jobs).toMatchObject([{ movedFrom: "old", isAdopted: false }]);
    expect(changesOf([adopted]).jobs).toMatchObject([{ isAdopted: true }]);
  });

  it("has no schedule while the schedule is off", () => {
    const off = jobRow({ triggers: { schedule: false } });
    expect(changesOf([resourceChange(["update"], jobRow(), off)]).jobs).toMatchObject([
      {
        cron: { before: "0 6 * * *", after: undefined },
        differences: [{ field: "scheduled", before: true, after: false }],
      },
    ]);
  });
});

describe("a text that is no plan", () => {
  it.each([
    ["nothing", "", "it is not JSON"],
    ["other JSON", "{}", "format_version"],
    ["another major version", JSON.stringify({ format_version: "2.0" }), "format_version: 1.x"],
  ])("such as %s is refused with the command that writes one", (_name, text, problem) => {
    expect(() => readPlan(text, "plan.json")).toThrow(
      new RegExp(
        `^plan.json is not a plan .*\`terraform show -json plan > plan.json\` writes one\n {2}${problem}`,
        "s",
      ),
    );
  });

  it("is refused when Terraform could not finish the plan", () => {
    expect(() => readPlan(planText([], { errored: true }), "plan.json")).toThrow("make a new plan");
  });
});
