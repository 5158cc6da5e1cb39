import type { Collection } from "../store/store";
import { removeRow, type InProject, type World } from "../world";
import { credentialsOf } from "./credentials/credentials";
import { environmentVariablesOf, type EnvironmentVariable } from "./environment-variables/environment-variables";
import { environmentsOf, type Environment } from "./environments/environments";
import { extendedAttributesOf } from "./extended-attributes/extended-attributes";
import { jobsOf, type Job } from "./jobs/jobs";
import { projectsOf, type Project } from "./projects/projects";
import { repositoriesOf } from "./repositories/repositories";

/** Deletes a job and its values of environment variables. */
export function removeJob(world: World, job: Job): void {
  world.store.atomically(() => {
    removeVariables(world, (variable) => variable.job_definition_id === job.id);
    removeRow(world, jobsOf(world), job);
  });
}

/** Deletes an environment with its jobs, as dbt Cloud does, and its values of environment variables. */
export function removeEnvironment(world: World, environment: Environment): void {
  world.store.atomically(() => {
    const jobs = jobsOf(world)
      .all()
      .filter((job) => job.state === 1 && job.environment_id === environment.id);
    const ids = new Set(jobs.map(({ id }) => id));
    removeVariables(
      world,
      (variable) =>
        variable.environment_id === environment.id ||
        (variable.job_definition_id !== null && ids.has(variable.job_definition_id)),
    );
    for (const job of jobs) removeRow(world, jobsOf(world), job);
    removeRow(world, environmentsOf(world), environment);
  });
}

/** Deletes a project and everything in it. */
export function removeProject(world: World, project: Project): void {
  world.store.atomically(() => {
    removeVariables(world, (variable) => variable.project_id === project.id);
    removeOf(world, jobsOf(world), project);
    removeOf(world, environmentsOf(world), project);
    removeOf(world, credentialsOf(world), project);
    removeOf(world, extendedAttributesOf(world), project);
    removeOf(world, repositoriesOf(world), project);
    removeRow(world, projectsOf(world), project);
  });
}

function removeOf<T extends InProject>(world: World, collection: Collection<T>, project: Project): void {
  for (const row of collection.all()) {
    if (row.state === 1 && row.project_id === project.id) removeRow(world, collection, row);
  }
}

function removeVariables(world: World, matches: (variable: EnvironmentVariable) => boolean): void {
  const variables = environmentVariablesOf(world);
  for (const variable of variables.all().filter(matches)) variables.remove(variable.id);
}
