import { credentialsOf } from "../../../../packages/local-dbt-cloud/resources/credentials/credentials";
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

  it("of an older state, with fields of another type, is read and changed", async () => {
    const at = { created_at: "", updated_at: "" };
    const own = { username: "default_user", default_schema: "dev", target_name: "default", has_password: true };
    const old = { id: 7, account_id: 12345, project_id: 102, type: "snowflake", state: 1, threads: 4, ...own, ...at };
    credentialsOf(cloud.world).put(old);
    expect(await cloud.send("GET", `${CREDENTIALS}7/`)).toMatchObject({ code: 200 });
    const changed = await cloud.send("POST", `${CREDENTIALS}7/`, { role: "loader" });
    expect(changed).toMatchObject({ code: 200, body: { data: { id: 7, role: "loader" } } });
  });

  it("refuses a field of another type, and names the fields that its type has", async () => {
    const answer = await cloud.send("POST", CREDENTIALS, { ...redshift, warehouse: "loading" });
    expect(answer).toMatchObject({ code: 400, body: { data: { warehouse: expect.any(String) as string } } });
    expect(answer.text).toContain("username, default_schema, auth_type, password");
  });
});
