import { randomUUID } from "node:crypto";
import { parseBody, parseRow } from "../../http/body";
import { single } from "../../http/envelope";
import { listed, listedAs } from "../../http/filters";
import { idIn, type RawQuery } from "../../http/query";
import { notFound } from "../../http/refused";
import { removeRow, timestamp, type Routes, type World } from "../../world";
import { permissionsOf, type Permission } from "../permissions/permissions";
import { hashOf, newToken, serviceTokenBody, serviceTokensOf, type ServiceToken } from "./service-tokens";

const TOKENS = "/api/v3/accounts/:account/service-tokens/";
const PERMISSIONS = `${TOKENS}:service_token/permissions/`;

/** Service tokens. Their permission sets limit what a request with the token may do. */
export const serviceTokenRoutes: Routes = (app, world) => {
  const collection = serviceTokensOf(world);
  // dbt Cloud answers deleted tokens too, with the state 2.
  const tokenIn = (params: unknown): ServiceToken => {
    const id = idIn(params, "service_token");
    const token = collection.get(id);
    if (!token) throw notFound(`service token ${id}`);
    return token;
  };

  app.get(TOKENS, ({ query }) => listedAs(collection.all(), query as RawQuery, tokenAnswer));
  app.get(`${TOKENS}:service_token/`, (request) => single(tokenAnswer(tokenIn(request.params))));

  app.post(TOKENS, (request, reply) => {
    const { name } = parseBody(serviceTokenBody, request.body);
    const token_string = newToken();
    const own = { name, uid: randomUUID(), hash: hashOf(token_string), state: 1, permissions: [] };
    const token = collection.insert({ ...own, ...timesOf(world), account_id: world.accountId });
    // Only this answer has the token itself.
    return reply.code(201).send(single({ ...tokenAnswer(token), token_string }, 201));
  });

  app.route({
    method: ["POST", "PUT"],
    url: `${TOKENS}:service_token/`,
    handler: (request) => {
      const before = tokenIn(request.params);
      const body = parseRow(serviceTokenBody, request.body, before);
      return single(tokenAnswer(collection.put({ ...before, ...body, updated_at: timestamp(world.clock.now()) })));
    },
  });

  app.get(PERMISSIONS, (request) => {
    const token = tokenIn(request.params);
    return listed(answersOf(token), request.query as RawQuery);
  });
  app.post(PERMISSIONS, (request) => {
    const token = tokenIn(request.params);
    const permissions = permissionsOf(world, token.id, request.body);
    return single(answersOf(collection.put({ ...token, permissions })));
  });

  app.delete(`${TOKENS}:service_token/`, (request, reply) => {
    removeRow(world, collection, tokenIn(request.params));
    return reply.code(204).send();
  });
};

function timesOf(world: World): { created_at: string; updated_at: string } {
  const now = timestamp(world.clock.now());
  return { created_at: now, updated_at: now };
}

function answersOf({ id, permissions }: ServiceToken): (Permission & { service_token_id: number })[] {
  return permissions.map((permission) => ({ ...permission, service_token_id: id }));
}

function tokenAnswer(token: ServiceToken): object {
  const { hash: _hash, permissions: _permissions, ...answered } = token;
  const sets = token.permissions.map(({ permission_set }) => permission_set);
  return {
    ...answered,
    token_string: null,
    service_token_permissions: answersOf(token),
    last_used: null,
    metadata_only: sets.length > 0 && sets.every((set) => set === "metadata_only"),
    webhooks_only: sets.length > 0 && sets.every((set) => set === "webhooks_only"),
  };
}
