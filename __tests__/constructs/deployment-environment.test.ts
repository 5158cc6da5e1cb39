import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { DeploymentEnvironment } from "../../constructs/deployment-environment";
import { MarketingProject } from "../../constructs/marketing-project";
import { schemaViolations } from "../support/provider-schema";
import { synthesize } from "../support/synthesis";

const minimal = {
  name: "Production",
  deployment_type: "production" as const,
  dbt_version: "latest",
  credential: { username: "dbt", default_schema: "marketing", threads: 4, password_version: 1 },
};

function managed(stack: TerraformStack, definition: object): DeploymentEnvironment {
  return new DeploymentEnvironment(stack, "Environment", {
    definition: { ...minimal, ...definition },
    project: MarketingProject.fromProjectId(stack, "Project", 102),
    customBranch: "production",
  });
}

describe("DeploymentEnvironment", () => {
  it("creates the environment and its credential with a write-only password", () => {
    const json = synthesize((stack) => managed(stack, { connection: { id: 5 } }));
    expect(json["resource"]).toEqual({
      dbtcloud_environment: {
        environment: {
          project_id: 102,
          name: "Production",
          type: "deployment",
          deployment_type: "production",
          dbt_version: "latest",
          use_custom_branch: true,
          custom_branch: "production",
          connection_id: 5,
          credential_id: "${dbtcloud_redshift_credential.redshift.credential_id}",
        },
      },
      dbtcloud_redshift_credential: {
        redshift: {
          project_id: 102,
          username: "dbt",
          default_schema: "marketing",
          num_threads: 4,
          password_wo: "${var.redshift_password}",
          password_wo_version: 1,
        },
      },
    });
    expect(json["variable"]).toEqual({
      redshift_password: {
        type: "string",
        sensitive: true,
        description: "Password of the Redshift user; set TF_VAR_redshift_password",
      },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("adds extended attributes in Terraform's own encoding", () => {
    const json = synthesize((stack) =>
      managed(stack, { connection: { id: 5 }, extended_attributes: { role: "a<b", ra3_node: true, "10": 1 } }),
    );
    expect(json["resource"]!["dbtcloud_extended_attributes"]).toEqual({
      extended_attributes: {
        project_id: 102,
        extended_attributes: '{"10":1,"ra3_node":true,"role":"a\\u003cb"}',
      },
    });
    expect(json["resource"]!["dbtcloud_environment"]!["environment"]).toMatchObject({
      extended_attributes_id: "${dbtcloud_extended_attributes.extended_attributes.extended_attributes_id}",
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("uses the connection of a managed project", () => {
    const json = synthesize((stack) => {
      new DeploymentEnvironment(stack, "Environment", {
        definition: minimal,
        project: new MarketingProject(stack, "Project", {
          definition: {
            name: "Marketing",
            description: "",
            dbt_project_subdirectory: "dbt",
            repository: { remote_url: "git@git.example.com:m/dbt.git", git_clone_strategy: "deploy_key" },
            connection: { name: "Redshift", hostname: "h", port: 5439, dbname: "d" },
          },
        }),
        customBranch: "main",
      });
    });
    expect(json["resource"]!["dbtcloud_environment"]!["environment"]).toMatchObject({
      project_id: "${dbtcloud_project.project.id}",
      connection_id: "${dbtcloud_global_connection.redshift.id}",
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("refuses an environment without a connection", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    expect(() => managed(stack, {})).toThrow(
      new Error("stack/Environment: neither the environment nor its project has a connection"),
    );
  });

  it("adds nothing for an environment that another team manages, until a construct reads its name", () => {
    const refer = (stack: TerraformStack) =>
      DeploymentEnvironment.fromEnvironmentId(
        stack,
        "Environment",
        302,
        MarketingProject.fromProjectId(stack, "Project", 102),
      );
    expect(synthesize(refer)["data"]).toBeUndefined();
    const json = synthesize((stack) => {
      const environment = refer(stack);
      expect(environment.environmentId).toBe(302);
      for (const id of ["first", "second"]) {
        new TerraformOutput(stack, id, { value: environment.environmentName });
      }
    });
    expect(json["data"]).toEqual({
      dbtcloud_environment: { environment: { project_id: 102, environment_id: 302 } },
    });
    const name = { value: "${data.dbtcloud_environment.environment.name}" };
    expect(json["output"]).toEqual({ first: name, second: name });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("refuses an invalid id", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    const project = MarketingProject.fromProjectId(stack, "Project", 102);
    expect(() => DeploymentEnvironment.fromEnvironmentId(stack, "Environment", 0, project)).toThrow(
      new Error("stack/Environment: environmentId must be a whole number from 1, got 0"),
    );
  });
});
