import { merged, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { among, containing, listedAs, type Listing } from "../../http/filters";
import type { RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { connectionAnswer, connectionListItem } from "./answer";
import { connectionBody, connectionChanges, connectionIn, connectionsOf, type Connection } from "./connections";

const CONNECTIONS = "/api/v3/accounts/:account/connections/";

/** Connections: of the account, and read below a project by older clients. */
export const connectionRoutes: Routes = (app, world) => {
  const collection = connectionsOf(world);

  app.get(CONNECTIONS, ({ query }) =>
    listedAs(collection.all(), query as RawQuery, (row) => connectionListItem(world, row), LISTING),
  );

  app.get(`${CONNECTIONS}:connection/`, (request) => single(connectionAnswer(connectionIn(world, request.params))));
  app.get("/api/v3/accounts/:account/projects/:project/connections/:connection/", (request) => {
    projectIn(world, request.params);
    return single(connectionAnswer(connectionIn(world, request.params)));
  });

  app.post(CONNECTIONS, (request, reply) => {
    const body = parseBody(connectionBody, request.body);
    const now = timestamp(world.clock.now());
    const connection = collection.insert({ ...body, account_id: world.accountId, created_at: now, updated_at: now });
    return reply.code(201).send(single(connectionAnswer(connection), 201));
  });

  app.patch(`${CONNECTIONS}:connection/`, (request) => {
    const before = connectionIn(world, request.params);
    const { config } = parseBody(connectionChanges, request.body);
    const changed = { ...merged(before, request.body), config: { ...before.config, ...config } };
    const body = parseBody(connectionBody, changed);
    return single(connectionAnswer(collection.put({ ...before, ...body, updated_at: timestamp(world.clock.now()) })));
  });

  app.delete(`${CONNECTIONS}:connection/`, (request, reply) => {
    collection.remove(connectionIn(world, request.params).id);
    return reply.code(204).send();
  });
};

const LISTING: Listing<Connection> = {
  sortable: ["name"],
  filters: {
    name__icontains: containing((row) => row.name),
    adapter_version: among((row) => row.adapter_version),
    private_endpoint_id: among((row) => row.private_link_endpoint_id),
  },
};
