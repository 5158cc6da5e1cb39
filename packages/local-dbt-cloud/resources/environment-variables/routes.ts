import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { number, type RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { overrideAnswer, valuesByEnvironment, valuesOfJob } from "./answer";
import {
  changedVariableBody,
  changeVariable,
  createVariable,
  deletedVariableBody,
  deleteVariable,
  newVariableBody,
} from "./bulk";
import { environmentVariablesOf, meantValue, variableIn } from "./environment-variables";
import { overrideBody, refuseOverride } from "./override";

const VARIABLES = "/api/v3/accounts/:account/projects/:project/environment-variables/";

/** Environment variables. One request writes all values of the project and its environments, or one value of a job. */
export const environmentVariableRoutes: Routes = (app, world) => {
  const collection = environmentVariablesOf(world);

  app.get(`${VARIABLES}environment/`, (request) =>
    single(valuesByEnvironment(world, projectIn(world, request.params))),
  );
  app.get(`${VARIABLES}user/`, () => single({}));
  app.get(`${VARIABLES}job/`, (request) => {
    const project = projectIn(world, request.params);
    return single(valuesOfJob(world, project, number(request.query as RawQuery, "job_definition_id")));
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
    const now = timestamp(world.clock.now());
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
    return single(overrideAnswer(collection.put({ ...before, value, updated_at: timestamp(world.clock.now()) })));
  });

  app.delete(`${VARIABLES}:variable/`, (request, reply) => {
    collection.remove(variableIn(world, request.params).id);
    return reply.code(204).send();
  });
};
