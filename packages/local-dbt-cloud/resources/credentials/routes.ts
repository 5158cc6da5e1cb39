import { merged, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, type RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { removeRow } from "../removal";
import { credentialAnswer } from "./answer";
import { credentialBody, credentialIn, credentialsOf, type Credential } from "./credentials";

const CREDENTIALS = "/api/v3/accounts/:account/projects/:project/credentials/";

/** Credentials of a project's environments. */
export const credentialRoutes: Routes = (app, world) => {
  const collection = credentialsOf(world);

  app.get(CREDENTIALS, (request) => {
    const project = projectIn(world, request.params);
    const query = request.query as RawQuery;
    const isListed = all<Credential>(stateFilter(query), (row) => row.project_id === project.id);
    const rows = collection.all().filter(isListed);
    return paged(rows.map(credentialAnswer), query);
  });

  app.get(`${CREDENTIALS}:credential/`, (request) => single(credentialAnswer(credentialIn(world, request.params))));

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
        const before = credentialIn(world, request.params);
        const { password, ...body } = parseBody(credentialBody, merged(before, request.body));
        // Clients send an empty password with every other change. It does not replace the password.
        const has_password = before.has_password || Boolean(password);
        const credential = { ...before, ...body, has_password, updated_at: timestamp(world.now()) };
        return single(credentialAnswer(collection.put(credential)));
      },
    });
  }

  app.delete(`${CREDENTIALS}:credential/`, (request, reply) => {
    removeRow(world, collection, credentialIn(world, request.params));
    return reply.code(204).send();
  });
};
