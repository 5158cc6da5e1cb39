import {
  absent,
  contains,
  equal,
  flag,
  ids,
  integer,
  integerOrNull,
  many,
  must,
  one,
  refused,
  text,
  textOrNull,
} from "../expectations";
import { newConnection, newProject } from "../own-project";
import { group, rule } from "../rule";

const CONNECTION = {
  id: integer,
  account_id: integer,
  name: text,
  adapter_version: "redshift_v0",
  is_ssh_tunnel_enabled: flag,
  private_link_endpoint_id: textOrNull,
  oauth_configuration_id: integerOrNull,
  created_at: text,
  updated_at: text,
};

/** One or two of the keys without which the Terraform provider panics. */
const NULLABLE = {
  apache_spark_v0: ["organization", "auth"],
  athena_v0: ["work_group", "num_iceberg_retries"],
  bigquery_v0: ["priority", "dataproc_region"],
  bigquery_v1: ["priority", "deployment_env_auth_type"],
  databricks_v0: ["catalog"],
};

const REFUSED = [
  ["no name", { name: "" }],
  ["another adapter", { adapter_version: "oracle_v0" }],
  ["no host", { config: {} }],
  ["a port of 0", { config: { hostname: "h", port: 0 } }],
  ["a port above 65535", { config: { hostname: "h", port: 70_000 } }],
  ["a text for a port", { config: { hostname: "h", port: "5439" } }],
  ["a name of a database above 63 characters", { config: { hostname: "h", dbname: "d".repeat(64) } }],
  ["more than 10 retries", { config: { hostname: "h", retries: 11 } }],
] as const;

export const connections = group("connections", [
  rule("keys", "a connection has every key that the provider reads; without one of them it panics", async (cloud) => {
    const { id } = await newConnection(cloud);
    const connection = one(await cloud.get(`${cloud.v3}/connections/${id}/`));
    const config = { hostname: "redshift.example.com", port: 5439, dbname: "marketing" };
    contains(connection, { ...CONNECTION, account_id: cloud.accountId, config });
  }),
  rule("nullable-keys", "missing keys are null, and ports have their defaults", async (cloud) => {
    const config = { hostname: "h" };
    const redshift = await newConnection(cloud, { config });
    contains(redshift, {
      private_link_endpoint_id: null,
      oauth_configuration_id: null,
      config: { port: 5439, dbname: null },
    });
    const postgres = await newConnection(cloud, { adapter_version: "postgres_v0", config });
    contains(postgres, { is_ssh_tunnel_enabled: false, config: { port: 5432, dbname: null } });
    const snowflake = await newConnection(cloud, {
      adapter_version: "snowflake_v0",
      config: { account: "a", database: "d", warehouse: "w" },
    });
    contains(snowflake, { config: { account: "a", role: null } });
  }),
  ...Object.entries(NULLABLE).map(([adapter_version, keys]) =>
    rule(`nullable-${adapter_version}`, `a connection of ${adapter_version} has its nullable keys`, async (cloud) => {
      const { config } = await newConnection(cloud, { adapter_version, config: { host: "h" } });
      contains(config, { host: "h", ...Object.fromEntries(keys.map((key) => [key, null])) }, "config");
    }),
  ),
  rule("patch", "an update changes what it names, `config` key by key", async (cloud) => {
    const { id } = await newConnection(cloud);
    const path = `${cloud.v3}/connections/${id}/`;
    const port = await cloud.send("PATCH", path, { body: { account_id: cloud.accountId, config: { port: 5440 } } });
    contains(one(port), {
      name: "Conformance",
      config: { hostname: "redshift.example.com", port: 5440, dbname: "marketing" },
    });
    const renamed = await cloud.send("PATCH", path, { body: { name: "Other", config: { dbname: null } } });
    contains(one(renamed), { name: "Other", config: { hostname: "redshift.example.com", port: 5440, dbname: null } });
  }),
  rule("patch-refused", "an update with an invalid value is refused with 400 and the value's field", async (cloud) => {
    const { id } = await newConnection(cloud);
    const body = { config: { port: 70_000 } };
    refused(await cloud.send("PATCH", `${cloud.v3}/connections/${id}/`, { body }), 400, { config: { port: text } });
  }),
  rule("adapter", "an update that names the adapter is refused", async (cloud) => {
    const { id } = await newConnection(cloud);
    const body = { adapter_version: "redshift_v0" };
    refused(await cloud.send("PATCH", `${cloud.v3}/connections/${id}/`, { body }), 400, { adapter_version: text });
  }),
  rule("secrets", "secrets of a configuration are never answered", async (cloud) => {
    const config = {
      account: "a",
      database: "d",
      warehouse: "w",
      oauth_client_secret: "hush-1",
      private_key: "hush-2",
      token: "hush-3",
    };
    const { id } = await newConnection(cloud, { adapter_version: "snowflake_v0", config });
    await cloud.get(`${cloud.v3}/connections/${id}/`);
    await cloud.send("PATCH", `${cloud.v3}/connections/${id}/`, { body: { name: "Other" } });
    await cloud.get(`${cloud.v3}/connections/`);
    must(!cloud.answers.some((answer) => answer.text.includes("hush-")), "an answer has a secret");
  }),
  rule("key-id", "the id of a private key is not a secret", async (cloud) => {
    const config = { project_id: "p", private_key: "hush-1", private_key_id: "k", application_secret: "hush-2" };
    const { id } = await newConnection(cloud, { adapter_version: "bigquery_v1", config });
    const answer = await cloud.get(`${cloud.v3}/connections/${id}/`);
    contains(one(answer), { config: { private_key_id: "k", private_key: absent, application_secret: absent } });
  }),
  rule("list", "a list counts the environments of each connection, and leaves configurations out", async (cloud) => {
    const [used, unused] = [await newConnection(cloud), await newConnection(cloud)];
    const project = await newProject(cloud);
    await project.newEnvironment({ connection_id: used.id });
    const listed = many(await cloud.get(`${cloud.v3}/connections/`)).filter(({ id }) =>
      [used.id, unused.id].includes(id),
    );
    contains(listed, [
      { id: used.id, config: null, environment__count: 1 },
      { config: null, environment__count: 0 },
    ]);
  }),
  rule("filters", "a list is filtered by name, adapter and private endpoint", async (cloud) => {
    const name = `Find ${Date.now()}`;
    const { id } = await newConnection(cloud, { name });
    const path = `${cloud.v3}/connections/?name__icontains=${encodeURIComponent(name.toUpperCase())}`;
    equal(ids(await cloud.get(path)), [id], "by name");
    equal(ids(await cloud.get(`${path}&adapter_version=redshift_v0`)), [id], "by adapter");
    equal(ids(await cloud.get(`${path}&adapter_version=postgres_v0`)), [], "by another adapter");
    equal(ids(await cloud.get(`${path}&private_endpoint_id=p`)), [], "by a private endpoint");
  }),
  rule("below-project", "a connection is read below a project as well", async (cloud) => {
    const [{ id }, project] = [await newConnection(cloud), await newProject(cloud)];
    contains(one(await cloud.get(`${project.path}/connections/${id}/`)), { id });
    await cloud.delete(`${project.path}/`);
    refused(await cloud.get(`${project.path}/connections/${id}/`), 404);
  }),
  rule("no-tunnels", "a connection without SSH tunnels has an empty list of them", async (cloud) => {
    const { id } = await newConnection(cloud);
    equal(many(await cloud.get(`${cloud.v2}/encryptions/?connection_id=${id}&state=1`)), [], "the list");
  }),
  rule(
    "tunnel",
    "a tunnel belongs to its connection, which then shows it, and can be changed and deleted",
    async (cloud) => {
      const [{ id: connection_id }, other] = [await newConnection(cloud), await newConnection(cloud)];
      const sent = { account_id: cloud.accountId, connection_id, username: "u", port: 22, hostname: "h", state: 1 };
      const { id } = one(await cloud.post(`${cloud.v2}/encryptions/`, sent));
      contains(one(await cloud.get(`${cloud.v3}/connections/${connection_id}/`)), { is_ssh_tunnel_enabled: true });
      const listed = `${cloud.v2}/encryptions/?state=1&connection_id=`;
      const [tunnel] = many(await cloud.get(`${listed}${connection_id}`));
      contains(tunnel, { ...sent, id });
      must(/^ssh-\w+ AAAA/.test(String(tunnel?.["public_key"])), "the tunnel has no public key");
      equal(many(await cloud.get(`${listed}${other.id}`)), [], "those of another connection");
      contains(one(await cloud.post(`${cloud.v2}/encryptions/${id}/`, { port: 2222 })), { ...sent, port: 2222 });
      await cloud.delete(`${cloud.v2}/encryptions/${id}/`);
      equal(many(await cloud.get(`${listed}${connection_id}`)), [], "those that are left");
    },
  ),
  rule("tunnel-later", "a tunnel is deleted with the state 2, also after its connection", async (cloud) => {
    const { id: connection_id } = await newConnection(cloud);
    const sent = { account_id: cloud.accountId, connection_id, username: "u", port: 22, hostname: "h", state: 1 };
    const tunnel = one(await cloud.post(`${cloud.v2}/encryptions/`, sent));
    await cloud.delete(`${cloud.v3}/connections/${connection_id}/`);
    contains(one(await cloud.post(`${cloud.v2}/encryptions/${tunnel.id}/`, { ...tunnel, state: 2 })), { state: 2 });
    refused(await cloud.get(`${cloud.v2}/encryptions/${tunnel.id}/`), 404);
  }),
  rule("oauth", "an OAuth configuration is created, changed, listed and deleted without its secret", async (cloud) => {
    const path = `${cloud.v3}/oauth-configurations/`;
    const sent = {
      type: "entra",
      name: "Sign-in",
      client_id: "c",
      authorize_url: "a",
      token_url: "t",
      redirect_uri: "r",
    };
    const { id } = one(await cloud.post(path, { ...sent, client_secret: "hush-1" }));
    contains(one(await cloud.post(`${path}${id}/`, { name: "Other", client_secret: "hush-2" })), {
      ...sent,
      name: "Other",
    });
    must(ids(await cloud.get(`${path}?type=entra`)).includes(id), "the list has no such configuration");
    contains(one(await cloud.delete(`${path}${id}/`)), { id, state: 2 });
    refused(await cloud.get(`${path}${id}/`), 404);
    must(!cloud.answers.some((answer) => answer.text.includes("hush-")), "an answer has the secret");
  }),
  rule("tunnel-refused", "a tunnel of an unknown connection is refused with 400", async (cloud) => {
    const tunnel = { connection_id: 999_999_999, username: "u", port: 22, hostname: "h" };
    refused(await cloud.post(`${cloud.v2}/encryptions/`, tunnel), 400, { connection_id: text });
  }),
  ...REFUSED.map(([words, body], i) =>
    rule(`refused-${i + 1}`, `a connection with ${words} is refused with 400`, async (cloud) => {
      const connection = { name: "c", adapter_version: "redshift_v0", config: { hostname: "h" }, ...body };
      refused(await cloud.post(`${cloud.v3}/connections/`, connection), 400);
    }),
  ),
  rule("no-password", "a connection has no password", async (cloud) => {
    contains(await newConnection(cloud), { password: absent, config: { password: absent } });
  }),
]);
