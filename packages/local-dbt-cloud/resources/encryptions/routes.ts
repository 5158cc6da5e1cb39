import { parseRow } from "../../http/body";
import { among } from "../../http/filters";
import { invalid } from "../../http/refused";
import { timestamp, type World } from "../../world";
import { connectionsOf } from "../connections/connections";
import { routesOf, type OwnFields } from "../resource";
import { newPublicKey } from "../ssh-key";
import { encryptionBody, encryptionsOf, type Encryption } from "./encryptions";

/** SSH tunnels. The Terraform provider asks for a connection's tunnels whenever it reads the connection. */
export const encryptionRoutes = routesOf<Encryption>({
  path: "/api/v2/accounts/:account/encryptions/",
  name: "encryption",
  collection: encryptionsOf,
  fields: (body, { world, before }) => encryptionFields(world, body, before),
  listing: { filters: { pk: among((row) => row.id), connection_id: among((row) => row.connection_id) } },
  created: showTunnel,
});

function encryptionFields(world: World, body: unknown, before?: Encryption): OwnFields<Encryption> {
  const fields = parseRow(encryptionBody, body, before);
  // The provider deletes a connection before its tunnel, with an update to the state 2.
  if (fields.state === 1 && !connectionsOf(world).get(fields.connection_id)) {
    throw invalid("connection_id", `connection ${fields.connection_id} does not exist`);
  }
  return { ...fields, public_key: before?.public_key || newPublicKey() };
}

/** The provider does not set this on a new Postgres connection, but reads a tunnel only when it is set. */
function showTunnel(world: World, { connection_id }: Encryption): void {
  const connections = connectionsOf(world);
  const connection = connections.get(connection_id)!;
  connections.put({ ...connection, is_ssh_tunnel_enabled: true, updated_at: timestamp(world.clock.now()) });
}
