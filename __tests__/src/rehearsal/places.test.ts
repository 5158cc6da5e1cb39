import { placesOf, worldAt } from "../../../src/rehearsal/places";
import { environmentDefinition } from "../../support/definitions";
import { managedEnvironment, managedProject } from "../../support/env-file";

const production = environmentDefinition({
  name: "production",
  git_branch: "production",
  project: { id: 7 },
  environment: { id: 31 },
});
const development = environmentDefinition({
  name: "development",
  applied_by: "api",
  git_branch: undefined,
  project: { id: 7 },
  environment: { id: 32 },
});
const ours = environmentDefinition({ name: "ours", ...managedProject(), ...managedEnvironment() });

describe("the places of environments", () => {
  it("are the ids of their files", () => {
    expect(Object.fromEntries(placesOf([production, development]))).toEqual({
      production: { projectId: 7, environmentId: 31 },
      development: { projectId: 7, environmentId: 32 },
    });
  });

  it("are free ids for environments that Terraform manages", () => {
    expect(placesOf([ours, production]).get("ours")).toEqual({ projectId: 32, environmentId: 33 });
  });
});

describe("the starting world", () => {
  it("has each project once, with its environments and their branches", () => {
    const environments = [production, development, ours];
    expect(worldAt(environments, placesOf(environments))).toEqual({
      projects: [
        {
          id: 7,
          name: "Project 7",
          dbt_project_subdirectory: "dbt",
          environment_variables: { DBT_SCHEMA: "marketing" },
          environments: [
            { id: 31, name: "production", custom_branch: "production" },
            { id: 32, name: "development", custom_branch: null },
          ],
        },
        {
          id: 33,
          name: "Project 33",
          dbt_project_subdirectory: "dbt",
          environment_variables: { DBT_SCHEMA: "marketing" },
          environments: [{ id: 34, name: "ours", custom_branch: "main" }],
        },
      ],
    });
  });

  it("uses the value of DBT_SCHEMA of an env file", () => {
    const environments = [{ ...production, environment_variables: { DBT_SCHEMA: "own" } }];
    expect(worldAt(environments, placesOf(environments)).projects[0]!.environment_variables).toEqual({});
  });
});
