import { merged, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged } from "../../http/paging";
import { all, contains, given, text, type Filter, type RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { connectionAnswer, connectionListItem } from "./answer";
import { connectionBody, connectionChanges, connectionIn, connectionsOf, type Connection } from "./connections";

const CONNECTIONS = "/api/v3/accounts/:account/connections/";

/** Connections: of the account, and read below a project by older clients. */
export const connectionRoutes: Routes = (app, world) => {
  const collection = connectionsOf(world);

  app.get(CONNECTIONS, (request) => {
    const query = request.query as RawQuery;
    const rows = collection.all().filter(matches(query));
    return paged(
      rows.map((row) => connectionListItem(world, row)),
      query,
      ["name"],
    );
  });

  app.get(`${CONNECTIONS}:connection/`, (request) => single(connectionAnswer(connectionIn(world, request.params))));
  app.get("/api/v3/accounts/:account/projects/:project/connections/:connection/", (request) => {
    projectIn(world, request.params);
    return single(connectionAnswer(connectionIn(world, request.params)));
  });

  app.post(CONNECTIONS, (request, reply) => {
    const body = parseBody(connectionBody, request.body);
    const now = timestamp(world.now());
    const connection = collection.insert({ ...body, account_id: world.accountId, created_at: now, updated_at: now });
    return reply.code(201).send(single(connectionAnswer(connection), 201));
  });

  app.patch(`${CONNECTIONS}:connection/`, (request) => {
    const before = connectionIn(world, request.params);
    const { config } = parseBody(connectionChanges, request.body);
    const changed = { ...merged(before, request.body), config: { ...before.config, ...config } };
    const body = parseBody(connectionBody, changed);
    return single(connectionAnswer(collection.put({ ...before, ...body, updated_at: timestamp(world.now()) })));
  });

  app.delete(`${CONNECTIONS}:connection/`, (request, reply) => {
    collection.remove(connectionIn(world, request.params).id);
    return reply.code(204).send();
  });
};

function matches(query: RawQuery): Filter<Connection> {
  return all<Connection>(
    given(text(query, "name__icontains"), (part, row) => contains(row.name, part)),
    given(text(query, "adapter_version"), (adapter, row) => row.adapter_version === adapter),
    given(text(query, "private_endpoint_id"), (id, row) => row.private_link_endpoint_id === id),
  );
}
