import { environmentDefinition } from "../support/definitions";
import { schemaViolations } from "../support/provider-schema";
import { synthesizeEnvironment } from "../support/synthesis";

describe("EnvironmentVariables", () => {
  it("manages only this environment's value, with the name of the environment in dbt Cloud", () => {
    const json = synthesizeEnvironment(environmentDefinition({ environment_variables: { DBT_A: "30", DBT_B: "ünï" } }));
    const name = "${data.dbtcloud_environment.environment.name}";
    expect(json["resource"]!["dbtcloud_partial_environment_variable"]).toEqual({
      DBT_A: { project_id: 1, name: "DBT_A", environment_values: { [name]: "30" } },
      DBT_B: { project_id: 1, name: "DBT_B", environment_values: { [name]: "ünï" } },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("does not read the environment's name if there is no variable", () => {
    expect(synthesizeEnvironment(environmentDefinition())).not.toHaveProperty("data");
  });
});
