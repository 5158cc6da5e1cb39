import { schemaViolations } from "./provider-schema";

const job = {
  project_id: 1,
  environment_id: 2,
  name: "daily",
  execute_steps: ["dbt build"],
  triggers: { schedule: true },
};

function withJob(changes: object): Record<string, unknown> {
  return { resource: { dbtcloud_job: { daily: { ...job, ...changes } } } };
}

describe("schemaViolations", () => {
  it("finds no problem in a valid job", () => {
    expect(schemaViolations(withJob({ depends_on: ["x.y"], environment_id: "${x.y.id}" }))).toEqual([]);
  });

  it.each([
    ["an unknown attribute", { generate_doc: true }, ["dbtcloud_job.daily.generate_doc: unknown attribute"]],
    ["a wrong type", { num_threads: "4" }, ['dbtcloud_job.daily.num_threads: expected number, got "4"']],
    ["a wrong element", { execute_steps: [1] }, ["dbtcloud_job.daily.execute_steps[0]: expected string, got 1"]],
    ["a text instead of a list", { execute_steps: "x" }, ['dbtcloud_job.daily.execute_steps: expected list, got "x"']],
    ["a missing attribute", { name: undefined }, ["dbtcloud_job.daily.name: required"]],
    ["what only the provider sets", { job_id: 3 }, ["dbtcloud_job.daily.job_id: only the provider sets it"]],
    [
      "an unknown nested attribute",
      { triggers: { schedul: true } },
      ["dbtcloud_job.daily.triggers.schedul: unknown attribute"],
    ],
    ["a list instead of a nested attribute", { triggers: [{}] }, ["dbtcloud_job.daily.triggers: expected a block"]],
    [
      "a bad block",
      { job_completion_trigger_condition: [{ job_id: 1, statuses: ["ok"] }] },
      ["dbtcloud_job.daily.job_completion_trigger_condition[0].project_id: required"],
    ],
  ])("finds %s", (_, changes, violations) => {
    expect(schemaViolations(withJob(changes))).toEqual(violations);
  });

  it("finds unknown types and provider arguments", () => {
    expect(schemaViolations({ resource: { dbtcloud_jobb: { x: {} } }, data: { dbtcloud_jobb: { x: {} } } })).toEqual([
      "resource.dbtcloud_jobb: unknown type",
      "data.dbtcloud_jobb: unknown type",
    ]);
    expect(schemaViolations({ provider: { dbtcloud: [{ acount_id: 1 }] } })).toEqual([
      "provider.dbtcloud.acount_id: unknown attribute",
    ]);
  });
});
