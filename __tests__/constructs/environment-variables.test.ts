import { environmentDefinition } from "../support/definitions";
import { schemaViolations } from "../support/provider-schema";
import { synthesizeEnvironment } from "../support/synthesis";

describe("EnvironmentVariables", () => {
  it("owns this environment's value only, by the name that dbt Cloud has for the environment", () => {
    const json = synthesizeEnvironment(environmentDefinition({ environment_variables: { DBT_A: "30", DBT_B: "ünï" } }));
    const name = "${data.dbtcloud_environment.environment.name}";
    expect(json["resource"]!["dbtcloud_partial_environment_variable"]).toEqual({
      DBT_A: { project_id: 1, name: "DBT_A", environment_values: { [name]: "30" } },
      DBT_B: { project_id: 1, name: "DBT_B", environment_values: { [name]: "ünï" } },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("asks dbt Cloud for no name when there is no variable", () => {
    expect(synthesizeEnvironment(environmentDefinition())).not.toHaveProperty("data");
  });
});
