import { z } from "zod";
import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { idIn, number, type RawQuery } from "../../http/query";
import { invalid, notFound } from "../../http/refused";
import { active, timestamp, type Routes, type World } from "../../world";
import { jobsOf } from "../jobs/jobs";
import type { Project } from "../projects/projects";
import { projectIn } from "../projects/routes";
import {
  changedVariableBody,
  changeVariable,
  createVariable,
  deletedVariableBody,
  deleteVariable,
  newVariableBody,
  variableName,
} from "./bulk";
import {
  answeredValue,
  environmentNames,
  environmentVariablesOf,
  meantValue,
  PROJECT_SCOPE,
  valuesFor,
  variablesOf,
  type AnsweredValue,
  type EnvironmentVariable,
} from "./environment-variables";

const VARIABLES = "/api/v3/accounts/:account/projects/:project/environment-variables/";

/** A job's own value of a variable. */
const overrideBody = z.object({
  type: z.literal("job"),
  name: variableName,
  job_definition_id: z.int(),
  raw_value: z.string(),
});

/** Environment variables: a variable's values for the project and its environments at once, jobs' own values one by one. */
export const environmentVariableRoutes: Routes = (app, world) => {
  const collection = environmentVariablesOf(world);

  app.get(`${VARIABLES}environment/`, (request) => single(byEnvironment(world, projectIn(world, request.params))));
  app.get(`${VARIABLES}user/`, () => single({}));
  app.get(`${VARIABLES}job/`, (request) => {
    const project = projectIn(world, request.params);
    return single(ofJob(world, project, number(request.query as RawQuery, "job_definition_id")));
  });

  app.post(`${VARIABLES}bulk/`, (request, reply) => {
    const ids = createVariable(world, projectIn(world, request.params), parseBody(newVariableBody, request.body));
    return reply.code(201).send(single({ message: "Created", new_var_ids: ids }, 201));
  });
  app.put(`${VARIABLES}bulk/`, (request) => {
    const ids = changeVariable(world, projectIn(world, request.params), parseBody(changedVariableBody, request.body));
    return single({ message: "Updated", new_var_ids: ids });
  });
  app.delete(`${VARIABLES}bulk/`, (request, reply) => {
    deleteVariable(world, projectIn(world, request.params), parseBody(deletedVariableBody, request.body));
    return reply.code(204).send();
  });

  app.post(VARIABLES, (request, reply) => {
    const project = projectIn(world, request.params);
    const { raw_value, ...body } = parseBody(overrideBody, request.body);
    refuseOverride(world, project, body);
    const now = timestamp(world.now());
    const variable = collection.insert({
      ...body,
      account_id: world.accountId,
      project_id: project.id,
      environment_id: null,
      value: raw_value,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(overrideAnswer(variable), 201));
  });

  app.post(`${VARIABLES}:variable/`, (request) => {
    const before = variableIn(world, request.params);
    const { raw_value } = parseBody(overrideBody.pick({ raw_value: true }), request.body);
    const value = meantValue(before.name, raw_value, before);
    return single(overrideAnswer(collection.put({ ...before, value, updated_at: timestamp(world.now()) })));
  });

  app.delete(`${VARIABLES}:variable/`, (request, reply) => {
    collection.remove(variableIn(world, request.params).id);
    return reply.code(204).send();
  });
};

/** The one value that a path names, of the project that the path names. */
function variableIn(world: World, params: unknown): EnvironmentVariable {
  const project = projectIn(world, params);
  const id = idIn(params, "variable");
  const variable = environmentVariablesOf(world).get(id);
  if (variable?.project_id !== project.id) throw notFound(`environment variable ${id}`);
  return variable;
}

/** Values by variable and by the name of their environment. Only those that there are: a null would be read as a value. */
function byEnvironment(world: World, project: Project): object {
  const names = environmentNames(world, project.id);
  const variables: Record<string, Record<string, AnsweredValue>> = {};
  for (const variable of variablesOf(world, project.id)) {
    const scope = variable.environment_id === null ? PROJECT_SCOPE : names.get(variable.environment_id);
    if (variable.type === "job" || scope === undefined) continue;
    (variables[variable.name] ??= {})[scope] = answeredValue(variable);
  }
  return { environments: [PROJECT_SCOPE, ...names.values()], variables };
}

/** A job's values by variable and type; a type without a value is absent, because clients fail on null. */
function ofJob(world: World, project: Project, jobId: number | undefined): object {
  if (jobId === undefined) return {};
  const job = active(jobsOf(world), jobId);
  if (job?.project_id !== project.id) throw notFound(`job ${jobId}`);
  return Object.fromEntries(
    [...valuesFor(world, job)].map(([name, values]) => [
      name,
      Object.fromEntries(Object.entries(values).map(([type, variable]) => [type, answeredValue(variable)])),
    ]),
  );
}

function overrideAnswer(variable: EnvironmentVariable): object {
  const { value: _value, ...fields } = variable;
  return { ...fields, display_value: answeredValue(variable).value, environment: null };
}

function refuseOverride(
  world: World,
  project: Project,
  { name, job_definition_id: jobId }: Pick<z.output<typeof overrideBody>, "name" | "job_definition_id">,
): void {
  if (active(jobsOf(world), jobId)?.project_id !== project.id) {
    throw invalid("job_definition_id", `job ${jobId} does not exist in the project`);
  }
  const variables = variablesOf(world, project.id).filter((variable) => variable.name === name);
  if (variables.every(({ type }) => type === "job"))
    throw invalid("name", `the project has no environment variable ${name}`);
  if (variables.some((variable) => variable.job_definition_id === jobId)) {
    throw invalid("name", `job ${jobId} already has a value of ${name}`);
  }
}
