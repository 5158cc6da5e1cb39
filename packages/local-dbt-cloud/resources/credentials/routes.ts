import type { FastifyRequest } from "fastify";
import { laidOver, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import type { RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { inProject } from "../in-project";
import { projectIn } from "../projects/routes";
import { removeRow } from "../removal";
import { credentialAnswer, credentialBody, credentialsOf, type Credential } from "./credentials";

const CREDENTIALS = "/api/v3/accounts/:account/projects/:project/credentials/";

/** Credentials of a project's environments. */
export const credentialRoutes: Routes = (app, world) => {
  const collection = credentialsOf(world);
  const named = (request: FastifyRequest): Credential => inProject(world, collection, request.params, "credential");

  app.get(CREDENTIALS, (request) => {
    const project = projectIn(world, request.params);
    const query = request.query as RawQuery;
    const inState = stateFilter(query);
    const rows = collection.all().filter((row) => inState(row) && row.project_id === project.id);
    return paged(rows.map(credentialAnswer), query);
  });

  app.get(`${CREDENTIALS}:credential/`, (request) => single(credentialAnswer(named(request))));

  app.post(CREDENTIALS, (request, reply) => {
    const project = projectIn(world, request.params);
    const { password, ...body } = parseBody(credentialBody, request.body);
    const now = timestamp(world.now());
    const credential = collection.insert({
      ...body,
      has_password: Boolean(password),
      account_id: world.accountId,
      project_id: project.id,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(credentialAnswer(credential), 201));
  });

  for (const method of ["POST", "PATCH"] as const) {
    app.route({
      method,
      url: `${CREDENTIALS}:credential/`,
      handler: (request) => {
        const before = named(request);
        const { password, ...body } = parseBody(credentialBody, laidOver(before, request.body));
        // Clients send an empty password with every other change; it does not overwrite the one there is.
        const has_password = before.has_password || Boolean(password);
        const credential = { ...before, ...body, has_password, updated_at: timestamp(world.now()) };
        return single(credentialAnswer(collection.put(credential)));
      },
    });
  }

  app.delete(`${CREDENTIALS}:credential/`, (request, reply) => {
    removeRow(world, collection, named(request));
    return reply.code(204).send();
  });
};
