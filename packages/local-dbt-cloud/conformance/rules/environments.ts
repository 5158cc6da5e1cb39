import type { Cloud, Data } from "../cloud";
import { contains, equal, flag, ids, integer, integerOrNull, nullOrAbsent, one, refused, text } from "../expectations";
import { newConnection, newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

const ENVIRONMENT = {
  id: integer,
  account_id: integer,
  project_id: integer,
  name: text,
  type: "deployment",
  deployment_type: null,
  dbt_version: "latest",
  use_custom_branch: false,
  custom_branch: null,
  credentials_id: integerOrNull,
  connection_id: integerOrNull,
  extended_attributes_id: integerOrNull,
  primary_profile_id: integerOrNull,
  enable_model_query_history: false,
  supports_docs: flag,
  state: 1,
  created_at: text,
  updated_at: text,
};

async function updated(cloud: Cloud, { path }: OwnProject, { id }: Data, body: object): Promise<Data> {
  return one(await cloud.post(`${path}/environments/${id}/`, { name: "Conformance", ...body }));
}

export const environments = group("environments", [
  rule("keys", "an environment has every value that clients read, with defaults", async (cloud) => {
    const project = await newProject(cloud);
    contains(project.environment, { ...ENVIRONMENT, project_id: project.id, account_id: cloud.accountId });
    const one_ = one(await cloud.get(`${project.path}/environments/${project.environment.id}/`));
    contains(one_, { ...ENVIRONMENT, id: project.environment.id });
  }),
  rule(
    "no-lists",
    "`jobs` and `custom_environment_variables` are null or absent: a list cannot be decoded",
    async (cloud) => {
      const { environment } = await newProject(cloud);
      contains(environment, { jobs: nullOrAbsent, custom_environment_variables: nullOrAbsent });
    },
  ),
  rule("echo", "values that clients send back are ignored: project, times, the project's id", async (cloud) => {
    const project = await newProject(cloud);
    const echo = { project: { id: 0, name: "" }, jobs: null, created_at: "2020-01-01", project_id: project.id + 1 };
    const environment = await updated(cloud, project, project.environment, echo);
    contains(environment, {
      project: nullOrAbsent,
      project_id: project.id,
      created_at: project.environment["created_at"],
    });
  }),
  rule("version", "`dbt_version` is kept as it was sent", async (cloud) => {
    const project = await newProject(cloud);
    contains(await project.newEnvironment({ dbt_version: "1.11.0-latest" }), { dbt_version: "1.11.0-latest" });
  }),
  rule(
    "branch",
    "a custom branch is kept; an empty one reads as null, because a plan would differ forever",
    async (cloud) => {
      const project = await newProject(cloud);
      const environment = await project.newEnvironment({ use_custom_branch: true, custom_branch: "main" });
      contains(environment, { use_custom_branch: true, custom_branch: "main" });
      const without = await updated(cloud, project, environment, { use_custom_branch: false, custom_branch: "" });
      contains(without, { use_custom_branch: false, custom_branch: null });
    },
  ),
  rule(
    "reset",
    "an update resets the ids, the deployment type and the query history that it leaves out",
    async (cloud) => {
      const project = await newProject(cloud);
      const connection_id = (await newConnection(cloud)).id;
      const credentials_id = one(await cloud.post(`${project.path}/credentials/`, { type: "redshift", threads: 1 })).id;
      const sent = { connection_id, credentials_id, deployment_type: "production", enable_model_query_history: true };
      const environment = await project.newEnvironment(sent);
      contains(environment, sent);
      contains(await updated(cloud, project, environment, {}), {
        connection_id: null,
        credentials_id: null,
        deployment_type: null,
        enable_model_query_history: false,
      });
    },
  ),
  rule("zero", "the id 0 means no object", async (cloud) => {
    const project = await newProject(cloud);
    contains(await project.newEnvironment({ connection_id: 0 }), { connection_id: null });
  }),
  ...(
    [
      ["deployment-type", "with an empty deployment type", { deployment_type: "" }],
      ["type", "of another type", { type: "preview" }],
      ["flag", "with a text for a flag", { use_custom_branch: "false" }],
      ["branch", "with a custom branch that has no name", { use_custom_branch: true }],
    ] as const
  ).map(([id, words, body]) =>
    rule(`refused-${id}`, `an environment ${words} is refused with 400`, async (cloud) => {
      const { path } = await newProject(cloud);
      refused(await cloud.post(`${path}/environments/`, { name: "Conformance", ...body }), 400);
    }),
  ),
  rule("scopes", "an environment is found in its project and in the account, not in another project", async (cloud) => {
    const [project, other] = [await newProject(cloud), await newProject(cloud)];
    const { id } = project.environment;
    equal(ids(await cloud.get(`${cloud.v3}/environments/?project_id=${project.id}`)), [id], "in the account");
    equal(ids(await cloud.get(`${project.path}/environments/`)), [id], "in the project");
    refused(await cloud.get(`${other.path}/environments/${id}/`), 404);
  }),
  rule("one-development", "a project has only one development environment; a second one is refused", async (cloud) => {
    const project = await newProject(cloud);
    const body = { name: "Development", type: "development" };
    const { id } = await project.newEnvironment(body);
    refused(await cloud.post(`${project.path}/environments/`, body), 400, { type: text });
    contains(one(await cloud.post(`${project.path}/environments/${id}/`, { ...body, name: "IDE" })), { name: "IDE" });
    await cloud.delete(`${project.path}/environments/${id}/`);
    contains(await project.newEnvironment(body), { type: "development" });
  }),
  rule(
    "related",
    "an environment has its project, credentials and connection if a request asks for them",
    async (cloud) => {
      const [project, connection] = [await newProject(cloud), await newConnection(cloud)];
      const sent = { type: "redshift", threads: 3, username: "dbt" };
      const credential = one(await cloud.post(`${project.path}/credentials/`, sent));
      const { id } = await project.newEnvironment({ credentials_id: credential.id, connection_id: connection.id });
      const path = `${cloud.v3}/environments/${id}/`;
      contains(one(await cloud.get(path)), { project: nullOrAbsent, credentials: nullOrAbsent });
      contains(one(await cloud.get(`${path}?include_related=[project,credentials,connection]`)), {
        project: { id: project.id },
        credentials: { id: credential.id, ...sent },
        connection: { id: connection.id, config: { port: 5439 } },
      });
    },
  ),
  rule("v2", "environments are read in v2", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = project.environment;
    equal(ids(await cloud.get(`${cloud.v2}/environments/?project_id=${project.id}`)), [id], "the list");
    contains(one(await cloud.get(`${cloud.v2}/environments/${id}/`)), { id, project_id: project.id });
  }),
  rule("filters", "lists are filtered by name, types, version and ids, in both scopes", async (cloud) => {
    const project = await newProject(cloud);
    const first = project.environment.id;
    const { id } = await project.newEnvironment({
      name: "Live",
      deployment_type: "production",
      dbt_version: "compatible",
    });
    const expected: Readonly<Record<string, readonly number[]>> = {
      "name=Live": [id],
      "name__icontains=LIV": [id],
      "type=development": [],
      "deployment_type=production": [id],
      "deployment_type__in=[staging,production]": [id],
      "dbt_version=compatible": [id],
      "dbt_version__in=latest,compatible": [first, id],
      [`pk=${first}`]: [first],
      [`pk__in=[${first},${id}]`]: [first, id],
      [`id__gt=${first}`]: [id],
      "credentials_id=1234567": [],
    };
    for (const [query, found] of Object.entries(expected)) {
      equal(ids(await cloud.get(`${project.path}/environments/?${query}`)), found, query);
      equal(ids(await cloud.get(`${cloud.v3}/environments/?project_id=${project.id}&${query}`)), found, query);
    }
  }),
  rule("contents", "deleting an environment deletes its jobs", async (cloud) => {
    const project = await newProject(cloud);
    const environment = await project.newEnvironment();
    const job = await project.newJob({ environment_id: environment.id });
    await cloud.delete(`${project.path}/environments/${environment.id}/`);
    refused(await cloud.get(`${cloud.v2}/jobs/${job.id}/`), 404);
    equal(
      ids(await cloud.get(`${project.path}/environments/?state=deleted`)),
      [environment.id],
      "deleted environments",
    );
  }),
  rule("state", "an update with state 2 deletes it", async (cloud) => {
    const project = await newProject(cloud);
    const environment = await project.newEnvironment();
    await updated(cloud, project, environment, { state: 2 });
    refused(await cloud.get(`${project.path}/environments/${environment.id}/`), 404);
  }),
]);
