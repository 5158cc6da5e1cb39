import { z } from "zod";
import { invalid, notFound } from "../../http/refused";
import { timestamp, type World } from "../../world";
import type { Project } from "../projects/projects";
import {
  environmentNames,
  environmentVariablesOf,
  meantValue,
  PROJECT_SCOPE,
  variableName,
  variablesOf,
  type EnvironmentVariable,
} from "./environment-variables";

/** The body that creates a variable: its name, and values by the name of their environment. */
export const newVariableBody = z.object({ env_var: z.object({ new_name: variableName }).catchall(z.string()) });

/** The body that changes a variable: values by the id of a value, or by the name of an environment without one. */
export const changedVariableBody = z.object({ env_vars: z.object({ name: variableName }).catchall(z.string()) });

/** The body that deletes a variable. */
export const deletedVariableBody = z.object({ name: variableName });

type Scope = Pick<EnvironmentVariable, "type" | "environment_id">;

/** Creates a variable.
 *
 * @returns the ids of its values
 */
export function createVariable(world: World, project: Project, body: z.output<typeof newVariableBody>): number[] {
  const { new_name: name, ...values } = body.env_var;
  const known = scopeValues(world, project, name);
  if (known.length > 0) throw invalid("env_var.new_name", `${name} already exists`);
  const scoped = Object.entries(values).map(([key, value]) => ({ ...scopeOf(world, project, key), value }));
  return world.store.atomically(() => scoped.map((value) => addValue(world, project, name, value)));
}

/** Changes, adds and removes values of a variable. An empty value removes one.
 *
 * @returns the ids of new values
 */
export function changeVariable(world: World, project: Project, body: z.output<typeof changedVariableBody>): number[] {
  const { name, ...values } = body.env_vars;
  const known = scopeValues(world, project, name);
  if (known.length === 0) throw notFound(`environment variable ${name}`);
  const changes = Object.entries(values).map(([key, value]) => {
    const byId = known.find(({ id }) => String(id) === key);
    const scope = byId ?? scopeOf(world, project, key);
    return { scope, value, before: byId ?? known.find((row) => row.environment_id === scope.environment_id) };
  });
  return world.store.atomically(() =>
    changes.flatMap(({ scope, value, before }) => {
      if (before) setValue(world, before, value);
      return before || value === "" ? [] : [addValue(world, project, name, { ...scope, value })];
    }),
  );
}

/** Deletes a variable with all its values, including those of jobs. */
export function deleteVariable(world: World, project: Project, { name }: z.output<typeof deletedVariableBody>): void {
  const rows = variablesOf(world, project.id).filter((variable) => variable.name === name);
  if (rows.length === 0) throw notFound(`environment variable ${name}`);
  world.store.atomically(() => {
    for (const { id } of rows) environmentVariablesOf(world).remove(id);
  });
}

/** The values of a variable for the project and its environments, without those of jobs. */
function scopeValues(world: World, project: Project, name: string): EnvironmentVariable[] {
  return variablesOf(world, project.id).filter((variable) => variable.name === name && variable.type !== "job");
}

function scopeOf(world: World, project: Project, key: string): Scope {
  if (key === PROJECT_SCOPE) return { type: "project", environment_id: null };
  const [id] = [...environmentNames(world, project.id)].find(([, name]) => name === key) ?? [];
  if (id === undefined) throw invalid(key, "is no environment of the project and no value of the variable");
  return { type: "environment", environment_id: id };
}

function addValue(world: World, project: Project, name: string, value: Scope & { readonly value: string }): number {
  const now = timestamp(world.clock.now());
  const { id } = environmentVariablesOf(world).insert({
    account_id: world.accountId,
    project_id: project.id,
    name,
    type: value.type,
    environment_id: value.environment_id,
    job_definition_id: null,
    value: value.value,
    created_at: now,
    updated_at: now,
  });
  return id;
}

function setValue(world: World, before: EnvironmentVariable, sent: string): void {
  const variables = environmentVariablesOf(world);
  if (sent === "") variables.remove(before.id);
  else
    variables.put({
      ...before,
      value: meantValue(before.name, sent, before),
      updated_at: timestamp(world.clock.now()),
    });
}
