import type { StartingWorld } from "../../packages/local-dbt-cloud/start";
import type { EnvironmentDefinition } from "../env-files/definition";
import { SCHEMA_VARIABLE, SHARED_SCHEMA } from "../jobs/branch-schema";
import { referencedId } from "../jobs/reference";

/** dbt Cloud's ids of an environment. */
export interface Place {
  readonly projectId: number;
  readonly environmentId: number;
}

/** The folder of the dbt project in this repository. */
const DBT_FOLDER = "dbt";

/**
 * The ids of each environment in dbt Cloud, by the name of its env file. The ids come from the file. An environment
 * that Terraform manages has no id yet, so it gets the next free one.
 */
export function placesOf(environments: readonly EnvironmentDefinition[]): Map<string, Place> {
  const known = environments.flatMap(({ project, environment }) => [
    referencedId(project) ?? 0,
    referencedId(environment) ?? 0,
  ]);
  let last = Math.max(0, ...known);
  return new Map(
    environments.map(({ name, project, environment }) => [
      name,
      { projectId: referencedId(project) ?? ++last, environmentId: referencedId(environment) ?? ++last },
    ]),
  );
}

/**
 * The projects and environments with these ids. Each project has the variable that makes branch jobs build into another
 * schema, unless an env file sets it.
 */
export function worldAt(
  environments: readonly EnvironmentDefinition[],
  places: ReadonlyMap<string, Place>,
): StartingWorld {
  const projectIds = [...new Set([...places.values()].map(({ projectId }) => projectId))];
  const isDeclared = environments.some(({ environment_variables }) => SCHEMA_VARIABLE in environment_variables);
  const variables: Record<string, string> = isDeclared ? {} : { [SCHEMA_VARIABLE]: SHARED_SCHEMA };
  return {
    projects: projectIds.map((id) => ({
      id,
      name: `Project ${id}`,
      dbt_project_subdirectory: DBT_FOLDER,
      environment_variables: variables,
      environments: environments.flatMap(({ name, git_branch }) => {
        const place = places.get(name)!;
        return place.projectId === id ? [{ id: place.environmentId, name, custom_branch: git_branch ?? null }] : [];
      }),
    })),
  };
}
