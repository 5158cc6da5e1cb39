import type { Cloud, Data } from "../cloud";
import { absent, contains, equal, ids, integer, must, one, refused, text } from "../expectations";
import { newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

const SECRET = "correct-horse";

async function created(cloud: Cloud, { path, id }: OwnProject, more: object = {}): Promise<Data> {
  const body = {
    id: null,
    account_id: cloud.accountId,
    project_id: id,
    type: "redshift",
    state: 1,
    threads: 4,
    ...more,
  };
  return one(await cloud.post(`${path}/credentials/`, body));
}

export const credentials = group("credentials", [
  rule("keys", "a credential has what the provider reads", async (cloud) => {
    const project = await newProject(cloud);
    const sent = { type: "redshift", threads: 4, username: "dbt", default_schema: "marketing" };
    const { id } = await created(cloud, project, sent);
    const expected = { id: integer, account_id: cloud.accountId, project_id: project.id, state: 1, ...sent };
    contains(one(await cloud.get(`${project.path}/credentials/${id}/`)), expected);
  }),
  rule("target", "Postgres gets its `target_name` back, and its default", async (cloud) => {
    const project = await newProject(cloud);
    contains(await created(cloud, project, { type: "postgres", target_name: "prod" }), {
      type: "postgres",
      target_name: "prod",
    });
    contains(await created(cloud, project, { type: "postgres" }), { target_name: "default" });
  }),
  rule("username", "a credential without a user name has one", async (cloud) => {
    contains(await created(cloud, await newProject(cloud)), { username: text });
  }),
  rule("password", "a password is never answered, by no request and in no list", async (cloud) => {
    const project = await newProject(cloud);
    const credential = await created(cloud, project, { password: SECRET });
    const path = `${project.path}/credentials/${credential.id}/`;
    const answers = [
      await cloud.get(path),
      await cloud.get(`${project.path}/credentials/`),
      await cloud.post(path, { ...credential, password: SECRET }),
      await cloud.send("PATCH", path, { body: { password: SECRET } }),
    ];
    contains(credential, { password: absent });
    must(!answers.some(({ text: body }) => body.includes(SECRET)), "an answer has the password");
  }),
  rule("updates", "POST and PATCH change what they name", async (cloud) => {
    const project = await newProject(cloud);
    const { id, ...credential } = await created(cloud, project, { username: "dbt" });
    const path = `${project.path}/credentials/${id}/`;
    contains(one(await cloud.post(path, { ...credential, id, threads: 8, password: "" })), {
      username: "dbt",
      threads: 8,
    });
    contains(one(await cloud.send("PATCH", path, { body: { username: "etl" } })), { username: "etl", threads: 8 });
  }),
  rule("adapters", "credentials of an adapter have its fields, and none of its secrets is answered", async (cloud) => {
    const { path } = await newProject(cloud);
    const fields = { token: { value: SECRET }, schema: { value: "dev" }, catalog: { value: "main" } };
    const body = { type: "adapter", adapter_version: "databricks_v0", threads: 6, credential_details: { fields } };
    const answer = await cloud.post(`${path}/credentials/`, body);
    const details = { schema: "dev", catalog: "main", target_name: "default", threads: 6, token: absent };
    contains(one(answer), { adapter_version: "databricks_v0", unencrypted_credential_details: details });
    must(!answer.text.includes(SECRET), "the answer has the token");
  }),
  rule("snowflake", "Snowflake credentials have their own fields, and keep them in a change", async (cloud) => {
    const project = await newProject(cloud);
    const own = { user: "dbt", auth_type: "keypair", schema: "dev", role: "r", database: "d", warehouse: "w" };
    const { id, private_key } = await created(cloud, project, { type: "snowflake", ...own, private_key: SECRET });
    equal(private_key, undefined, "private_key");
    contains(one(await cloud.post(`${project.path}/credentials/${id}/`, { role: "s" })), { ...own, role: "s" });
  }),
  rule(
    "foreign-fields",
    "an unknown type or adapter, or a field of another one, is refused with 400",
    async (cloud) => {
      const { path } = await newProject(cloud);
      const adapter = (version: string, field: string): object => ({
        type: "adapter",
        adapter_version: version,
        credential_details: { fields: { [field]: { value: "x" } } },
      });
      const refusals = [
        { type: "zzz", threads: 4 },
        { type: "redshift", threads: 4, warehouse: "w" },
        { type: "snowflake", threads: 4, default_schema: "dev" },
        adapter("zzz_v0", "schema"),
        adapter("athena_v0", "catalog"),
      ];
      for (const body of refusals) refused(await cloud.post(`${path}/credentials/`, body), 400);
    },
  ),
  rule("own-project", "a credential is found in its own project only", async (cloud) => {
    const [project, other] = [await newProject(cloud), await newProject(cloud)];
    const { id } = await created(cloud, project);
    refused(await cloud.get(`${other.path}/credentials/${id}/`), 404);
    refused(await cloud.delete(`${other.path}/credentials/${id}/`), 404);
    equal(ids(await cloud.get(`${other.path}/credentials/`)), [], "in the other project");
    equal(ids(await cloud.get(`${project.path}/credentials/`)), [id], "in its project");
  }),
  rule(
    "refused",
    "a credential without a type or threads, or with a number for a user, is refused with 400",
    async (cloud) => {
      const { path } = await newProject(cloud);
      for (const body of [
        { threads: 4 },
        { type: "redshift", threads: 0 },
        { type: "redshift", threads: 4, username: 1 },
      ]) {
        refused(await cloud.post(`${path}/credentials/`, body), 400);
      }
    },
  ),
]);
