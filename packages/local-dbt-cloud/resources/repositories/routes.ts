import type { FastifyRequest } from "fastify";
import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, given, type RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { removeRow } from "../removal";
import { repositoryAnswer } from "./answer";
import { repositoriesOf, repositoryBody, repositoryChanges, repositoryIn, type Repository } from "./repositories";

const REPOSITORIES = "/api/v3/accounts/:account/projects/:project/repositories/";

/** Repositories: below their project, and in v2 listed for the whole account. A project names its repository by `repository_id`. */
export const repositoryRoutes: Routes = (app, world) => {
  const collection = repositoriesOf(world);
  const list = (request: FastifyRequest, projectId?: number): object => {
    const query = request.query as RawQuery;
    const isListed = all<Repository>(
      stateFilter(query),
      given(projectId, (id, row) => row.project_id === id),
    );
    const rows = collection.all().filter(isListed);
    return paged(rows.map(repositoryAnswer), query);
  };

  app.get("/api/v2/accounts/:account/repositories/", (request) => list(request));
  app.get(REPOSITORIES, (request) => list(request, projectIn(world, request.params).id));
  app.get(`${REPOSITORIES}:repository/`, (request) => single(repositoryAnswer(repositoryIn(world, request.params))));

  app.post(REPOSITORIES, (request, reply) => {
    const project = projectIn(world, request.params);
    const body = parseBody(repositoryBody, request.body);
    const now = timestamp(world.now());
    const repository = collection.insert({
      ...body,
      // dbt Cloud accepts the template only in an update.
      pull_request_url_template: null,
      account_id: world.accountId,
      project_id: project.id,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(repositoryAnswer(repository), 201));
  });

  app.post(`${REPOSITORIES}:repository/`, (request) => {
    const before = repositoryIn(world, request.params);
    parseBody(repositoryChanges, request.body);
    const body = parseBody(repositoryBody, request.body);
    return single(repositoryAnswer(collection.put({ ...before, ...body, updated_at: timestamp(world.now()) })));
  });

  app.delete(`${REPOSITORIES}:repository/`, (request, reply) => {
    removeRow(world, collection, repositoryIn(world, request.params));
    return reply.code(204).send();
  });
};
