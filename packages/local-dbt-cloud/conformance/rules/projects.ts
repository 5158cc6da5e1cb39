import {
  contains,
  integer,
  integerOrNull,
  many,
  nullOrAbsent,
  one,
  refused,
  text,
  textOrNull,
  ids,
  equal,
} from "../expectations";
import type { Cloud, Data } from "../cloud";
import { newConnection, newProject } from "../own-project";
import { group, rule } from "../rule";

const PROJECT = {
  id: integer,
  account_id: integer,
  name: text,
  description: text,
  dbt_project_subdirectory: textOrNull,
  type: 0,
  state: 1,
  connection_id: integerOrNull,
  repository_id: integerOrNull,
  semantic_layer_config_id: integerOrNull,
  docs_job_id: integerOrNull,
  freshness_job_id: integerOrNull,
  created_at: text,
  updated_at: text,
};

const NOT_ASKED_FOR = ["connection", "repository", "environments", "group_permissions", "docs_job", "freshness_job"];

async function created(cloud: Cloud, body: object = {}): Promise<Data> {
  const project = one(await cloud.post(`${cloud.v3}/projects/`, { name: "Conformance", ...body }));
  cloud.remember(`${cloud.v3}/projects/${project.id}/`);
  return project;
}

/** Updates a project as clients do: with all of its fields. */
async function updated(cloud: Cloud, project: Data, changes: object): Promise<Data> {
  return one(await cloud.post(`${cloud.v3}/projects/${project.id}/`, { ...project, ...changes }));
}

export const projects = group("projects", [
  rule("keys", "a project has its ids, texts and times, and 0 for its type", async (cloud) => {
    const project = await created(cloud);
    contains(project, { ...PROJECT, account_id: cloud.accountId, name: "Conformance" });
    contains(one(await cloud.get(`${cloud.v3}/projects/${project.id}/`)), PROJECT);
  }),
  rule(
    "asked-for",
    "a project has its repository, connection and environments if a request asks for them",
    async (cloud) => {
      const [project, connection] = [await newProject(cloud), await newConnection(cloud)];
      const repository = one(
        await cloud.post(`${project.path}/repositories/`, { remote_url: "git://example.com/r.git" }),
      );
      const links = { connection_id: connection.id, repository_id: repository.id };
      one(await cloud.post(`${project.path}/`, { name: "Linked", ...links }));
      const related = `include_related=["repository","connection","environments"]`;
      contains(one(await cloud.get(`${project.path}/?${related}`)), {
        repository: { id: repository.id },
        connection: { id: connection.id },
        environments: [{ id: project.environment.id }],
      });
    },
  ),
  rule("after", "projects are filtered by a greater id", async (cloud) => {
    const [first, second] = [await created(cloud), await created(cloud)];
    const found = ids(await cloud.get(`${cloud.v3}/projects/?pk__gt=${first.id}`));
    equal(found.includes(first.id), false, "the first one");
    equal(found.includes(second.id), true, "the second one");
  }),
  rule("related", "objects beside a project are null or absent unless they are asked for", async (cloud) => {
    const { id } = await created(cloud);
    const expected = Object.fromEntries(NOT_ASKED_FOR.map((name) => [name, nullOrAbsent]));
    contains(
      one(await cloud.get(`${cloud.v3}/projects/${id}/?include_related=[freshness_job_id,docs_job_id]`)),
      expected,
    );
  }),
  rule("description", "a description that is null reads as an empty text", async (cloud) => {
    contains(await created(cloud, { description: null }), { description: "" });
  }),
  rule("values", "description, subdirectory and type are kept as they are sent", async (cloud) => {
    const sent = { description: "d", dbt_project_subdirectory: "dbt", type: 1 };
    const { id } = await created(cloud, sent);
    contains(one(await cloud.get(`${cloud.v3}/projects/${id}/`)), sent);
  }),
  rule("unlink", "an update without `repository_id` unlinks the repository", async (cloud) => {
    const project = await created(cloud);
    const repositories = `${cloud.v3}/projects/${project.id}/repositories/`;
    const { id } = one(await cloud.post(repositories, { remote_url: "git@git.example.com:m/dbt.git" }));
    contains(await updated(cloud, project, { repository_id: id }), { repository_id: id });
    contains(await updated(cloud, project, { repository_id: undefined }), { repository_id: null });
  }),
  rule("keeps", "an update without connection and subdirectory leaves both as they were", async (cloud) => {
    const sent = { connection_id: (await newConnection(cloud)).id, dbt_project_subdirectory: "dbt" };
    const project = await created(cloud, sent);
    contains(await updated(cloud, project, { connection_id: undefined, dbt_project_subdirectory: undefined }), sent);
  }),
  rule("clears-subdirectory", "an empty subdirectory replaces another one", async (cloud) => {
    const project = await created(cloud, { dbt_project_subdirectory: "dbt" });
    contains(await updated(cloud, project, { dbt_project_subdirectory: "" }), { dbt_project_subdirectory: "" });
  }),
  rule("refused", "a project is refused without a name, or with another type", async (cloud) => {
    for (const body of [{}, { name: "" }, { name: 1 }, { name: "n", type: 2 }]) {
      refused(await cloud.post(`${cloud.v3}/projects/`, body), 400);
    }
  }),
  rule("search", "a list finds projects by a part of the name in any case, and by ids", async (cloud) => {
    const mark = `Find ${Date.now()}`;
    const [one, two] = [await created(cloud, { name: `${mark} a` }), await created(cloud, { name: `${mark} b` })];
    const path = `${cloud.v3}/projects/?order_by=-id`;
    equal(
      ids(await cloud.get(`${path}&name__icontains=${encodeURIComponent(mark.toUpperCase())}`)),
      [two.id, one.id],
      "by name",
    );
    equal(ids(await cloud.get(`${path}&pk=${one.id}`)), [one.id], "by pk");
    equal(ids(await cloud.get(`${path}&pk__in=[${one.id},${two.id}]`)), [two.id, one.id], "by pk__in");
  }),
  rule("contents", "deleting a project deletes everything in it", async (cloud) => {
    const { id, path, environment, newJob } = await newProject(cloud);
    const bodies = {
      credentials: { type: "redshift", threads: 1 },
      repositories: { remote_url: "git@git.example.com:m/dbt.git" },
      "extended-attributes": { extended_attributes: {} },
    };
    const contents = [`${cloud.v2}/jobs/${(await newJob()).id}/`, `${path}/environments/${environment.id}/`];
    for (const [list, body] of Object.entries(bodies)) {
      contents.push(`${path}/${list}/${one(await cloud.post(`${path}/${list}/`, body)).id}/`);
    }
    await cloud.post(`${path}/environment-variables/bulk/`, { env_var: { new_name: "DBT_X", project: "1" } });
    await cloud.delete(`${path}/`);
    for (const address of [...contents, `${path}/environments/`, `${path}/environment-variables/environment/`]) {
      refused(await cloud.get(address), 404);
    }
    equal(many(await cloud.get(`${cloud.v3}/environments/?project_id=${id}`)), [], "environments of the account");
    equal(many(await cloud.get(`${cloud.v2}/jobs/?project_id=${id}`)), [], "jobs of the account");
  }),
]);
