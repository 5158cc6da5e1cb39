import { credentialsOf } from "../../../../packages/local-dbt-cloud/things/credentials/credentials";
import { localDbtCloud, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const CREDENTIALS = `${V3}/projects/102/credentials/`;
const SECRET = "correct horse";
const redshift = { id: null, account_id: 12345, project_id: 102, type: "redshift", state: 1, threads: 4 };

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function created(body: object = {}): Promise<number> {
  const answer = await cloud.send("POST", CREDENTIALS, { ...redshift, ...body });
  expect(answer.code).toBe(201);
  return (answer.body.data as { id: number }).id;
}

describe("a credential", () => {
  it("has what the provider reads, and no password", async () => {
    const { body, text } = await cloud.send("POST", CREDENTIALS, {
      ...redshift,
      username: "dbt",
      default_schema: "marketing",
      password: SECRET,
    });
    expect(body.data).toEqual({
      id: 1,
      account_id: 12345,
      project_id: 102,
      type: "redshift",
      state: 1,
      threads: 4,
      username: "dbt",
      default_schema: "marketing",
      target_name: "default",
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
    expect(text).not.toContain("password");
  });

  it("has defaults, and gives Postgres its target back", async () => {
    const id = await created({ type: "postgres", target_name: "prod" });
    expect((await cloud.send("GET", `${CREDENTIALS}${id}/`)).body.data).toMatchObject({
      type: "postgres",
      target_name: "prod",
      username: "default_user",
    });
  });

  it("keeps its password in no answer and not in the state, and an empty one overwrites nothing", async () => {
    const id = await created({ password: SECRET });
    const stored = (): unknown => credentialsOf(cloud.world).get(id);
    for (const [method, body] of [
      ["POST", { threads: 8, password: "" }],
      ["PATCH", { username: "dbt" }],
      ["POST", { password: null }],
    ] as const) {
      const answer = await cloud.send(method, `${CREDENTIALS}${id}/`, body);
      expect(answer).toMatchObject({ code: 200 });
      expect(answer.text).not.toContain("password");
      expect(stored()).toMatchObject({ has_password: true });
    }
    expect(stored()).toMatchObject({ threads: 8, username: "dbt" });
    expect(JSON.stringify(stored())).not.toContain(SECRET);
    expect((await cloud.send("GET", CREDENTIALS)).text).not.toMatch(/password|horse/);

    const without = await created({ password: "" });
    expect(credentialsOf(cloud.world).get(without)).toMatchObject({ has_password: false });
  });

  it("is found in its own project only", async () => {
    const id = await created();
    const project = (await cloud.send("POST", `${V3}/projects/`, { name: "Other" })).body.data as { id: number };
    const elsewhere = `${V3}/projects/${project.id}/credentials/`;
    for (const method of ["GET", "DELETE"] as const) {
      expect(await cloud.send(method, `${elsewhere}${id}/`)).toMatchObject({ code: 404 });
    }
    expect((await cloud.send("GET", elsewhere)).body.data).toEqual([]);
    expect((await cloud.send("GET", CREDENTIALS)).body.data).toMatchObject([{ id }]);
  });

  it("is gone after DELETE", async () => {
    const id = await created();
    expect(await cloud.send("DELETE", `${CREDENTIALS}${id}/`)).toMatchObject({ code: 204, text: "" });
    expect(await cloud.send("GET", `${CREDENTIALS}${id}/`)).toMatchObject({
      code: 404,
      body: { status: { code: 404 } },
    });
    expect((await cloud.send("GET", CREDENTIALS)).body.data).toEqual([]);
    expect((await cloud.send("GET", `${CREDENTIALS}?state=2`)).body.data).toMatchObject([{ id }]);
  });

  it("is refused without a type or threads", async () => {
    for (const body of [
      { ...redshift, type: undefined },
      { ...redshift, threads: 0 },
      { ...redshift, username: 1 },
    ]) {
      expect(await cloud.send("POST", CREDENTIALS, body)).toMatchObject({ code: 400 });
    }
  });
});
