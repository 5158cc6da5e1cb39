import type { FastifyRequest } from "fastify";
import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, contains, given, number, numbers, text, wordsIf, type Filter, type RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { removeEnvironment } from "../removal";
import { environmentAnswer } from "./answer";
import { environmentBody, environmentIn, environmentsOf, requireCustomBranch, type Environment } from "./environments";

const OF_PROJECT = "/api/v3/accounts/:account/projects/:project/environments/";

/** Environments: below their project, and listed for the whole account. */
export const environmentRoutes: Routes = (app, world) => {
  const collection = environmentsOf(world);
  const list = (request: FastifyRequest, projectId?: number): object => {
    const query = request.query as RawQuery;
    const rows = collection.all().filter(matches(query, projectId ?? number(query, "project_id")));
    return paged(rows.map(environmentAnswer), query, ["name"]);
  };

  app.get("/api/v3/accounts/:account/environments/", (request) => list(request));
  app.get("/api/v3/accounts/:account/environments/:environment/", (request) =>
    single(environmentAnswer(environmentIn(world, request.params))),
  );
  app.get(OF_PROJECT, (request) => list(request, projectIn(world, request.params).id));
  app.get(`${OF_PROJECT}:environment/`, (request) => single(environmentAnswer(environmentIn(world, request.params))));

  app.post(OF_PROJECT, (request, reply) => {
    const project = projectIn(world, request.params);
    const body = parseBody(environmentBody, request.body);
    requireCustomBranch(body);
    const now = timestamp(world.now());
    const environment = collection.insert({
      ...body,
      account_id: world.accountId,
      project_id: project.id,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(environmentAnswer(environment), 201));
  });

  app.post(`${OF_PROJECT}:environment/`, (request) => {
    const before = environmentIn(world, request.params);
    const body = parseBody(environmentBody, request.body);
    requireCustomBranch(body);
    const updated = { ...before, ...body, type: before.type, updated_at: timestamp(world.now()) };
    if (updated.state === 2) removeEnvironment(world, updated);
    else collection.put(updated);
    return single(environmentAnswer(updated));
  });

  app.delete(`${OF_PROJECT}:environment/`, (request, reply) => {
    removeEnvironment(world, environmentIn(world, request.params));
    return reply.code(204).send();
  });
};

function matches(query: RawQuery, projectId: number | undefined): Filter<Environment> {
  const deploymentTypes = wordsIf(query, "deployment_type__in") ?? wordsIf(query, "deployment_type");
  const versions = wordsIf(query, "dbt_version__in") ?? wordsIf(query, "dbt_version");
  return all<Environment>(
    stateFilter(query),
    given(projectId, (id, row) => row.project_id === id),
    given(text(query, "name"), (name, row) => row.name === name),
    given(text(query, "name__icontains"), (part, row) => contains(row.name, part)),
    given(text(query, "type"), (type, row) => row.type === type),
    given(numbers(query, "pk__in") ?? numbers(query, "pk"), (ids, row) => ids.includes(row.id)),
    given(number(query, "id__gt"), (id, row) => row.id > id),
    given(number(query, "credentials_id"), (id, row) => row.credentials_id === id),
    given(deploymentTypes, (types, row) => types.includes(row.deployment_type ?? "")),
    given(versions, (wanted, row) => wanted.includes(row.dbt_version)),
  );
}
