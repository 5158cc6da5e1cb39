import { z } from "zod";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import type { Collection, Row } from "../../store/store";
import type { Timestamps, World } from "../../world";
import { environmentsOf } from "../environments/environments";
import type { Job } from "../jobs/jobs";
import { projectIn } from "../projects/projects";

/** Replaces a secret value in every answer. */
export const MASK = "**********";

/** The name of a variable. dbt Cloud accepts no other names. */
export const variableName = z.string().regex(/^DBT_\w+$/, "must start with DBT_");

/** The name that clients use for the value for all environments. */
export const PROJECT_SCOPE = "project";

/** One value of an environment variable: for all environments of a project, for one of them, or for one job. */
export interface EnvironmentVariable extends Row, Timestamps {
  readonly account_id: number;
  readonly project_id: number;
  readonly name: string;
  readonly type: "project" | "environment" | "job";
  /** The environment of the value. The id is stored because the name can change. */
  readonly environment_id: number | null;
  readonly job_definition_id: number | null;
  readonly value: string;
}

export function environmentVariablesOf(world: World): Collection<EnvironmentVariable> {
  return world.store.collection<EnvironmentVariable>("environment-variable");
}

/** The value that a path names, in the project that the path names. */
export function variableIn(world: World, params: unknown): EnvironmentVariable {
  const project = projectIn(world, params);
  const id = idIn(params, "variable");
  const variable = environmentVariablesOf(world).get(id);
  if (variable?.project_id !== project.id) throw notFound(`environment variable ${id}`);
  return variable;
}

/** The values of a job's runs: the job's value, or else its environment's, or else the project's. Secrets are not masked. */
export function resolvedVariables(
  world: World,
  job: Pick<Job, "id" | "project_id" | "environment_id">,
): Record<string, string> {
  const values = valuesFor(world, job);
  return Object.fromEntries(
    [...values].map(([name, { project, environment, job: own }]) => [name, (own ?? environment ?? project)!.value]),
  );
}

/** Every variable that has a value for a job, with the values by type. */
export function valuesFor(
  world: World,
  job: Pick<Job, "id" | "project_id" | "environment_id">,
): Map<string, Partial<Record<EnvironmentVariable["type"], EnvironmentVariable>>> {
  const variables = new Map<string, Partial<Record<EnvironmentVariable["type"], EnvironmentVariable>>>();
  for (const variable of variablesOf(world, job.project_id)) {
    if (variable.environment_id !== null && variable.environment_id !== job.environment_id) continue;
    if (variable.job_definition_id !== null && variable.job_definition_id !== job.id) continue;
    variables.set(variable.name, { ...variables.get(variable.name), [variable.type]: variable });
  }
  return variables;
}

/** All values of all variables of a project. */
export function variablesOf(world: World, projectId: number): EnvironmentVariable[] {
  return environmentVariablesOf(world)
    .all()
    .filter((variable) => variable.project_id === projectId);
}

/** The names of a project's environments by id. */
export function environmentNames(world: World, projectId: number): Map<number, string> {
  const environments = environmentsOf(world).all();
  return new Map(
    environments.filter((row) => row.state === 1 && row.project_id === projectId).map(({ id, name }) => [id, name]),
  );
}

/**
 * The value that a client means. Some clients send back every value that they read, and a mask is not a new value.
 *
 * @param before the stored value
 */
export function meantValue(name: string, sent: string, before: EnvironmentVariable): string {
  return isSecret(name) && sent === MASK ? before.value : sent;
}

/** Whether answers hide the values of a variable. */
export function isSecret(name: string): boolean {
  return name.startsWith("DBT_ENV_SECRET");
}
