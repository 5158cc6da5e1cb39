import { z } from "zod";
import { environmentVariablesOf } from "./resources/environment-variables/environment-variables";
import { environmentBody, environmentsOf, type Environment } from "./resources/environments/environments";
import { projectsOf } from "./resources/projects/projects";
import { timestamp, type World } from "./world";

/** The account that every local dbt Cloud has. */
export const SEED_ACCOUNT_ID = 12345;

const environmentSchema = z.strictObject({
  id: z.int().min(1),
  name: z.string().min(1),
  deployment_type: z.enum(["production", "staging"]).nullable().default(null),
  /** The branch whose files runs use; null uses the working tree. */
  custom_branch: z.string().nullable().default(null),
});

const projectSchema = z.strictObject({
  id: z.int().min(1),
  name: z.string().min(1),
  /** The folder of dbt_project.yml in the repository; null is the root. */
  dbt_project_subdirectory: z.string().nullable().default(null),
  /** Values for the whole project. A job can override only a variable of the project. */
  environment_variables: z.record(z.string(), z.string()).default({}),
  environments: z.array(environmentSchema),
});

/** Projects with environments at given ids, in the format of a `--world` file. */
export const startingWorldSchema = z.strictObject({ projects: z.array(projectSchema) });

/** Projects and environments that clients refer to by id. */
export type StartingWorld = z.output<typeof startingWorldSchema>;

/** The platform team's project 102, which `--seed` adds. */
export const PLATFORM_WORLD: StartingWorld = {
  projects: [
    {
      id: 102,
      name: "Marketing Analytics",
      dbt_project_subdirectory: "dbt",
      environment_variables: { DBT_SCHEMA: "marketing" },
      environments: [
        { id: 999, name: "terraform-dev", deployment_type: null, custom_branch: null },
        { id: 202, name: "marketing-staging", deployment_type: "staging", custom_branch: "main" },
        { id: 302, name: "marketing-production", deployment_type: "production", custom_branch: "production" },
      ],
    },
  ],
};

/** Adds projects with their environments and variables, where they are missing. */
export function seed(world: World, { projects }: StartingWorld = PLATFORM_WORLD): void {
  world.store.atomically(() => {
    for (const project of projects) {
      addProject(world, project);
      for (const environment of project.environments) addEnvironment(world, project.id, environment);
      for (const [name, value] of Object.entries(project.environment_variables))
        addVariable(world, project.id, name, value);
    }
  });
}

type Times = Pick<Environment, "account_id" | "created_at" | "updated_at">;

function times(world: World): Times {
  const now = timestamp(world.clock.now());
  return { account_id: world.accountId, created_at: now, updated_at: now };
}

function addProject(world: World, { id, name, dbt_project_subdirectory }: z.output<typeof projectSchema>): void {
  const projects = projectsOf(world);
  if (projects.get(id)) return;
  projects.put({
    ...times(world),
    id,
    name,
    description: "",
    dbt_project_subdirectory,
    type: 0,
    state: 1,
    connection_id: null,
    repository_id: null,
    semantic_layer_config_id: null,
    docs_job_id: null,
    freshness_job_id: null,
  });
}

function addEnvironment(
  world: World,
  project_id: number,
  { id, ...environment }: z.output<typeof environmentSchema>,
): void {
  const environments = environmentsOf(world);
  if (environments.get(id)) return;
  const body = environmentBody.parse({ ...environment, use_custom_branch: environment.custom_branch !== null });
  environments.put({ ...times(world), ...body, id, project_id });
}

function addVariable(world: World, project_id: number, name: string, value: string): void {
  const variables = environmentVariablesOf(world);
  if (variables.find((variable) => variable.name === name && variable.project_id === project_id)) return;
  const scope = { type: "project", environment_id: null, job_definition_id: null } as const;
  variables.insert({ ...times(world), project_id, ...scope, name, value });
}
