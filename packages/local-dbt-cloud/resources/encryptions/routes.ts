import { laidOver, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { idIn, number, type RawQuery } from "../../http/query";
import { invalid, notFound } from "../../http/refused";
import { active, timestamp, type Routes, type World } from "../../world";
import { connectionsOf } from "../connections/connections";
import { removeRow } from "../removal";
import { encryptionBody, encryptionsOf, type Encryption } from "./encryptions";

const ENCRYPTIONS = "/api/v2/accounts/:account/encryptions/";

/** SSH tunnels. The Terraform provider asks for a connection's tunnels whenever it reads the connection. */
export const encryptionRoutes: Routes = (app, world) => {
  const collection = encryptionsOf(world);

  app.get(ENCRYPTIONS, (request) => {
    const query = request.query as RawQuery;
    const connectionId = number(query, "connection_id");
    const inState = stateFilter(query);
    const rows = collection
      .all()
      .filter((row) => inState(row) && (connectionId === undefined || row.connection_id === connectionId));
    return paged(rows, query);
  });

  app.get(`${ENCRYPTIONS}:encryption/`, (request) => single(encryptionIn(world, request.params)));

  app.post(ENCRYPTIONS, (request, reply) => {
    const body = parseBody(encryptionBody, request.body);
    const connections = connectionsOf(world);
    const connection = connections.get(body.connection_id);
    if (!connection) throw invalid("connection_id", `connection ${body.connection_id} does not exist`);
    const now = timestamp(world.now());
    const encryption = world.store.atomically(() => {
      // The provider does not say it of a new Postgres connection, and reads a tunnel only when the connection says it.
      connections.put({ ...connection, is_ssh_tunnel_enabled: true, updated_at: now });
      return collection.insert({ ...body, account_id: world.accountId, created_at: now, updated_at: now });
    });
    return reply.code(201).send(single(encryption, 201));
  });

  app.post(`${ENCRYPTIONS}:encryption/`, (request) => {
    const before = encryptionIn(world, request.params);
    const body = parseBody(encryptionBody, laidOver(before, request.body));
    return single(collection.put({ ...before, ...body, updated_at: timestamp(world.now()) }));
  });

  app.delete(`${ENCRYPTIONS}:encryption/`, (request, reply) => {
    removeRow(world, collection, encryptionIn(world, request.params));
    return reply.code(204).send();
  });
};

function encryptionIn(world: World, params: unknown): Encryption {
  const id = idIn(params, "encryption");
  const encryption = active(encryptionsOf(world), id);
  if (!encryption) throw notFound(`encryption ${id}`);
  return encryption;
}
