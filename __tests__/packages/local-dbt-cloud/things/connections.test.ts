import { localDbtCloud, V2, V3, type Answer, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const CONNECTIONS = `${V3}/connections/`;
const redshift = {
  name: "Redshift",
  adapter_version: "redshift_v0",
  config: { hostname: "h", port: 5439, dbname: "d" },
};

type Data = Readonly<Record<string, unknown>> & { readonly id: number };

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function created(body: object = {}): Promise<Data> {
  const answer = await cloud.send("POST", CONNECTIONS, { ...redshift, ...body });
  expect(answer.code).toBe(201);
  return answer.body.data as Data;
}

const patch = (id: number, body: object): Promise<Answer> => cloud.send("PATCH", `${CONNECTIONS}${id}/`, body);

describe("a connection", () => {
  it("has the keys without which the provider panics", async () => {
    expect(await created({ config: { hostname: "h" } })).toEqual({
      id: 1,
      account_id: 12345,
      name: "Redshift",
      adapter_version: "redshift_v0",
      is_ssh_tunnel_enabled: false,
      private_link_endpoint_id: null,
      oauth_configuration_id: null,
      config: { hostname: "h", port: 5439, dbname: null },
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
    expect(await created({ adapter_version: "postgres_v0", config: { hostname: "h" } })).toMatchObject({
      config: { port: 5432, dbname: null },
    });
    expect(await created({ adapter_version: "snowflake_v0", config: { account: "a" } })).toMatchObject({
      config: { account: "a", role: null },
    });
  });

  it("is changed key by key", async () => {
    const { id } = await created();
    expect((await patch(id, { account_id: 12345, config: { port: 5440 } })).body.data).toMatchObject({
      name: "Redshift",
      config: { hostname: "h", port: 5440, dbname: "d" },
    });
    expect((await patch(id, { name: "Other", config: { dbname: null } })).body.data).toMatchObject({
      name: "Other",
      config: { hostname: "h", port: 5440, dbname: null },
    });
  });

  it("does not show what is secret in its configuration", async () => {
    const config = { account: "a", oauth_client_secret: "s1", private_key: "s2", token: "s3" };
    const { id } = await created({ adapter_version: "snowflake_v0", config });
    for (const path of [`${CONNECTIONS}${id}/`, CONNECTIONS]) {
      expect((await cloud.send("GET", path)).text).not.toMatch(/s1|s2|s3/);
    }
    expect((await patch(id, { name: "n" })).text).not.toMatch(/s1|s2|s3/);
  });

  it.each([
    ["no name", { name: "" }],
    ["another adapter", { adapter_version: "oracle_v0" }],
    ["no host", { config: {} }],
    ["a port of 0", { config: { hostname: "h", port: 0 } }],
    ["a text for a port", { config: { hostname: "h", port: "5439" } }],
    ["a long database", { config: { hostname: "h", dbname: "d".repeat(64) } }],
    ["11 retries", { config: { hostname: "h", retries: 11 } }],
  ])("is refused with %s", async (_, body) => {
    expect(await cloud.send("POST", CONNECTIONS, { ...redshift, ...body })).toMatchObject({ code: 400 });
    const { id } = await created();
    expect(await patch(id, { config: { port: 70_000 } })).toMatchObject({
      code: 400,
      body: { data: { config: { port: expect.any(String) as unknown } } },
    });
  });

  it("keeps its adapter", async () => {
    const { id } = await created();
    expect(await patch(id, { adapter_version: "redshift_v0" })).toMatchObject({ code: 400 });
  });

  it("is gone after DELETE", async () => {
    const { id } = await created();
    expect(await cloud.send("DELETE", `${CONNECTIONS}${id}/`)).toMatchObject({ code: 204, text: "" });
    expect(await cloud.send("GET", `${CONNECTIONS}${id}/`)).toMatchObject({
      code: 404,
      body: { status: { code: 404 } },
    });
    expect(await patch(id, {})).toMatchObject({ code: 404 });
    expect((await cloud.send("GET", CONNECTIONS)).body.data).toEqual([]);
    expect((await created()).id).toBe(id + 1);
  });

  it("is read below a project, too", async () => {
    const { id } = await created();
    expect((await cloud.send("GET", `${V3}/projects/102/connections/${id}/`)).body.data).toMatchObject({ id });
    expect(await cloud.send("GET", `${V3}/projects/1/connections/${id}/`)).toMatchObject({ code: 404 });
  });
});

describe("the list of connections", () => {
  it("counts environments and leaves the configuration out", async () => {
    const { id } = await created();
    await created({ adapter_version: "postgres_v0", name: "Postgres" });
    await cloud.send("POST", `${V3}/projects/102/environments/`, { name: "e", connection_id: id });
    expect((await cloud.send("GET", CONNECTIONS)).body).toMatchObject({
      data: [
        { id, config: null, environment__count: 1 },
        { config: null, environment__count: 0 },
      ],
      extra: { pagination: { count: 2, total_count: 2 } },
    });
    for (const query of ["name__icontains=RED", "adapter_version=redshift_v0"]) {
      expect((await cloud.send("GET", `${CONNECTIONS}?${query}`)).body.data).toMatchObject([{ id }]);
    }
    expect((await cloud.send("GET", `${CONNECTIONS}?private_endpoint_id=p`)).body.data).toEqual([]);
  });
});

describe("an SSH tunnel", () => {
  const ENCRYPTIONS = `${V2}/encryptions/`;

  it("belongs to a connection, is changed and deleted", async () => {
    const { id: connection_id } = await created();
    const other = await created();
    const tunnel = { connection_id, username: "u", port: 22, hostname: "h" };
    const { code, body } = await cloud.send("POST", ENCRYPTIONS, tunnel);
    expect({ code, data: body.data as unknown }).toMatchObject({
      code: 201,
      data: { ...tunnel, public_key: "", state: 1 },
    });
    expect((await cloud.send("GET", `${CONNECTIONS}${connection_id}/`)).body.data).toMatchObject({
      is_ssh_tunnel_enabled: true,
    });
    const { id } = body.data as Data;
    const listed = async (connection: number): Promise<unknown> =>
      (await cloud.send("GET", `${ENCRYPTIONS}?connection_id=${connection}&state=1`)).body.data;
    expect(await listed(connection_id)).toMatchObject([{ id }]);
    expect(await listed(other.id)).toEqual([]);

    expect((await cloud.send("POST", `${ENCRYPTIONS}${id}/`, { port: 2222 })).body.data).toMatchObject({
      ...tunnel,
      port: 2222,
    });
    expect(await cloud.send("GET", `${ENCRYPTIONS}${id}/`)).toMatchObject({ code: 200 });
    expect(await cloud.send("DELETE", `${ENCRYPTIONS}${id}/`)).toMatchObject({ code: 204 });
    expect(await cloud.send("GET", `${ENCRYPTIONS}${id}/`)).toMatchObject({ code: 404 });
    expect(await listed(connection_id)).toEqual([]);
  });

  it("is refused without its connection", async () => {
    const tunnel = { connection_id: 99, username: "u", port: 22, hostname: "h" };
    expect(await cloud.send("POST", ENCRYPTIONS, tunnel)).toMatchObject({ code: 400 });
  });
});
