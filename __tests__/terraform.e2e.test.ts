import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentDefinition, fullJobDefinition, jobDefinition } from "./support/definitions";
import { itIf } from "./support/requirement";
import { shippedEnvironments, synthesizeEnvironment, type TerraformJson } from "./support/synthesis";
import { missingTerraformProvider, terraform } from "./support/terraform-provider";

const itWithProvider = itIf(missingTerraformProvider());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The opinion of the real terraform and the real provider about a stack. */
function validate(json: TerraformJson): unknown {
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(json));
  const init = terraform(folder, "init", "-input=false", "-backend=false");
  if (init.status !== 0) throw new Error(init.output);
  const { output } = terraform(folder, "validate", "-json");
  return (JSON.parse(output.slice(output.indexOf("{"))) as { diagnostics: unknown }).diagnostics;
}

describe("terraform validate with the real provider", () => {
  itWithProvider.each(["staging", "production"])("accepts %s", (name) => {
    const environments = shippedEnvironments();
    const environment = environments.find((candidate) => candidate.name === name)!;
    expect(validate(synthesizeEnvironment(environment, {}, environments))).toEqual([]);
  });

  itWithProvider("accepts a managed environment with all settings", () => {
    const environment = environmentDefinition({
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
      environment_variables: { DBT_WINDOW: "30" },
      notifications: [{ on: ["failure"], user_id: 1, email: "a@example.com" }],
      jobs: {
        full: { ...fullJobDefinition(), defer_to: { environment: "test" } },
        next: jobDefinition({ run_after: { job: "full" }, moved_from: "former", defer_to: { job: "full" } }),
        adopted: jobDefinition({ adopt_job_id: 4711, defer_to: "self" }),
        ci: jobDefinition({ triggers: { github_webhook: true } }),
      },
    });
    expect(validate(synthesizeEnvironment(environment))).toEqual([]);
  });

  itWithProvider("refuses arguments that the provider does not know", () => {
    const json = synthesizeEnvironment(environmentDefinition()) as unknown as {
      resource: { dbtcloud_job: { daily: Record<string, unknown> } };
    };
    json.resource.dbtcloud_job.daily["generate_doc"] = true;
    expect(validate(json as unknown as TerraformJson)).toMatchObject([{ severity: "error" }]);
  });
});
