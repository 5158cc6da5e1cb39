import { merged, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, given, number, type RawQuery } from "../../http/query";
import { invalid } from "../../http/refused";
import { timestamp, type Routes } from "../../world";
import { connectionsOf } from "../connections/connections";
import { removeRow } from "../removal";
import { encryptionBody, encryptionIn, encryptionsOf, type Encryption } from "./encryptions";

const ENCRYPTIONS = "/api/v2/accounts/:account/encryptions/";

/** SSH tunnels. The Terraform provider asks for a connection's tunnels whenever it reads the connection. */
export const encryptionRoutes: Routes = (app, world) => {
  const collection = encryptionsOf(world);

  app.get(ENCRYPTIONS, (request) => {
    const query = request.query as RawQuery;
    const isListed = all<Encryption>(
      stateFilter(query),
      given(number(query, "connection_id"), (id, row) => row.connection_id === id),
    );
    return paged(collection.all().filter(isListed), query);
  });

  app.get(`${ENCRYPTIONS}:encryption/`, (request) => single(encryptionIn(world, request.params)));

  app.post(ENCRYPTIONS, (request, reply) => {
    const body = parseBody(encryptionBody, request.body);
    const connections = connectionsOf(world);
    const connection = connections.get(body.connection_id);
    if (!connection) throw invalid("connection_id", `connection ${body.connection_id} does not exist`);
    const now = timestamp(world.now());
    const encryption = world.store.atomically(() => {
      // The provider does not set this on a new Postgres connection, but reads a tunnel only when it is set.
      connections.put({ ...connection, is_ssh_tunnel_enabled: true, updated_at: now });
      return collection.insert({ ...body, account_id: world.accountId, created_at: now, updated_at: now });
    });
    return reply.code(201).send(single(encryption, 201));
  });

  app.post(`${ENCRYPTIONS}:encryption/`, (request) => {
    const before = encryptionIn(world, request.params);
    const body = parseBody(encryptionBody, merged(before, request.body));
    return single(collection.put({ ...before, ...body, updated_at: timestamp(world.now()) }));
  });

  app.delete(`${ENCRYPTIONS}:encryption/`, (request, reply) => {
    removeRow(world, collection, encryptionIn(world, request.params));
    return reply.code(204).send();
  });
};
