import { environmentDefinition, jobDefinition } from "../support/definitions";
import { schemaViolations } from "../support/provider-schema";
import { shippedEnvironment, shippedEnvironments, synthesizeEnvironment } from "../support/synthesis";

describe("EnvironmentStack", () => {
  it.each(["staging", "production"])("synthesizes %s as it was reviewed", (name) => {
    const json = synthesizeEnvironment(shippedEnvironment(name), {}, shippedEnvironments());
    expect(json).toMatchSnapshot();
    expect(schemaViolations(json)).toEqual([]);
  });

  it("pins the provider, and sets neither account nor host if they are unknown", () => {
    const json = synthesizeEnvironment(environmentDefinition());
    expect(json["terraform"]!["required_providers"]).toEqual({
      dbtcloud: { source: "dbt-labs/dbtcloud", version: "1.12.5" },
    });
    expect(json["provider"]).toEqual({ dbtcloud: [{}] });
  });

  it("writes account and host if they are known", () => {
    const json = synthesizeEnvironment(environmentDefinition(), {
      DBTCLOUD_ACCOUNT_ID: "12345",
      DBTCLOUD_HOST_URL: "https://emea.dbt.com/api/",
    });
    expect(json["provider"]).toEqual({
      dbtcloud: [{ account_id: 12345, host_url: "https://emea.dbt.com/api" }],
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("accepts a job key that equals the id of another part of the stack", () => {
    const keys = ["backend", "project", "environment", "notifications", "jobs"];
    const json = synthesizeEnvironment(
      environmentDefinition({ jobs: Object.fromEntries(keys.map((key) => [key, jobDefinition()])) }),
    );
    expect(Object.keys(json["resource"]!["dbtcloud_job"]!).sort()).toEqual([...keys].sort());
  });

  it("outputs the job ids, and links if the account is known", () => {
    const ids = { job_ids: { value: { daily: "${dbtcloud_job.daily.id}" } } };
    expect(synthesizeEnvironment(environmentDefinition())["output"]).toEqual(ids);
    expect(synthesizeEnvironment(environmentDefinition(), { DBT_CLOUD_ACCOUNT_ID: "12345" })["output"]).toEqual({
      ...ids,
      job_urls: {
        value: { daily: "https://cloud.getdbt.com/deploy/12345/projects/1/jobs/${dbtcloud_job.daily.id}" },
      },
    });
  });

  it("manages project and environment if the file does", () => {
    const json = synthesizeEnvironment(
      environmentDefinition({
        git_branch: "production",
        project: {
          managed: {
            name: "Marketing",
            repository: { remote_url: "git@git.example.com:m/dbt.git" },
            connection: { name: "Redshift", hostname: "h", dbname: "d" },
          },
        },
        environment: {
          managed: {
            name: "Production",
            deployment_type: "production",
            credential: { username: "dbt", default_schema: "marketing" },
            extended_attributes: { ra3_node: true },
          },
        },
        environment_variables: { DBT_A: "30" },
      }),
    );
    expect(json).toMatchSnapshot();
    expect(schemaViolations(json)).toEqual([]);
  });
});
