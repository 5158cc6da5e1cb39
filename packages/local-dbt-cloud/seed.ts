import { environmentBody, environmentsOf, type Environment } from "./resources/environments/environments";
import { environmentVariablesOf } from "./resources/environment-variables/environment-variables";
import { projectsOf } from "./resources/projects/projects";
import { timestamp, type World } from "./world";

/** The account that the platform team's world belongs to. */
export const SEED_ACCOUNT_ID = 12345;

const PROJECT_ID = 102;
const ENVIRONMENTS = [
  { id: 999, name: "terraform-dev", deployment_type: null, custom_branch: null },
  { id: 202, name: "marketing-staging", deployment_type: "staging", custom_branch: "main" },
  { id: 302, name: "marketing-production", deployment_type: "production", custom_branch: "production" },
] as const;

/** A job can have a value of its own only of a variable that the project knows. */
const SCHEMA_VARIABLE = { name: "DBT_SCHEMA", value: "marketing" } as const;

/**
 * Adds the platform team's project 102 with its environments 999, 202 and 302, and the variable by which jobs build into
 * another schema, where they are missing.
 */
export function seed(world: World): void {
  const now = timestamp(world.now());
  const times = { account_id: world.accountId, created_at: now, updated_at: now };
  world.store.atomically(() => {
    const projects = projectsOf(world);
    if (!projects.get(PROJECT_ID)) {
      projects.put({
        ...times,
        id: PROJECT_ID,
        name: "Marketing Analytics",
        description: "",
        dbt_project_subdirectory: "dbt",
        type: 0,
        state: 1,
        connection_id: null,
        repository_id: null,
        semantic_layer_config_id: null,
        docs_job_id: null,
        freshness_job_id: null,
      });
    }
    const environments = environmentsOf(world);
    for (const { id, ...environment } of ENVIRONMENTS) {
      if (environments.get(id)) continue;
      const body = environmentBody.parse({ ...environment, use_custom_branch: environment.custom_branch !== null });
      const row: Environment = { ...times, ...body, id, project_id: PROJECT_ID };
      environments.put(row);
    }
    const variables = environmentVariablesOf(world);
    const isThere = variables
      .all()
      .some(({ name, project_id }) => name === SCHEMA_VARIABLE.name && project_id === PROJECT_ID);
    if (isThere) return;
    const ofProject = {
      project_id: PROJECT_ID,
      type: "project",
      environment_id: null,
      job_definition_id: null,
    } as const;
    variables.insert({ ...times, ...ofProject, ...SCHEMA_VARIABLE });
  });
}
