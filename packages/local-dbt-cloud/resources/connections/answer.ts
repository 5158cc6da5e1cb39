import type { World } from "../../world";
import { environmentsOf } from "../environments/environments";
import type { Connection } from "./connections";

/** Keys of credentials. A client that sends them with a connection does not get them back. */
const SECRET_EVERYWHERE: readonly string[] = ["password", "private_key", "private_key_passphrase", "token"];

/** Keys that dbt Cloud never answers, as the Terraform provider 1.12.5 lists them (`global_connection/common.go`). */
const SECRETS: Partial<Record<Connection["adapter_version"], readonly string[]>> = {
  bigquery_v0: ["application_id", "application_secret"],
  bigquery_v1: ["application_id", "application_secret"],
  databricks_v0: ["client_id", "client_secret"],
  snowflake_v0: ["oauth_client_id", "oauth_client_secret"],
};

/** A connection as it is answered: without the secrets of its configuration. */
export function connectionAnswer(connection: Connection): Connection & Readonly<Record<string, unknown>> {
  const secrets = [...SECRET_EVERYWHERE, ...(SECRETS[connection.adapter_version] ?? [])];
  const config = Object.entries(connection.config).filter(([key]) => !secrets.includes(key));
  return { ...connection, oauth_redirect_uri: null, config: Object.fromEntries(config) };
}

/** A connection as a list answers it: without its configuration, and with the number of environments that use it. */
export function connectionListItem(
  world: World,
  connection: Connection,
): Omit<Connection, "config"> & Readonly<Record<string, unknown>> {
  const users = environmentsOf(world)
    .all()
    .filter(({ state, connection_id }) => state === 1 && connection_id === connection.id);
  return { ...connection, config: null, environment__count: users.length };
}
