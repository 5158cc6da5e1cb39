import type { Cloud, Data } from "../cloud";
import {
  absent,
  contains,
  equal,
  ids,
  integer,
  integerOrNull,
  must,
  many,
  one,
  refused,
  text,
  textOrNull,
} from "../expectations";
import { newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

const URL_OF_REPOSITORY = "git@git.example.com:m/dbt.git";
const TEMPLATE = { pull_request_url_template: "https://git.example.com/{{sourceBranch}}" };

function body({ id }: OwnProject, more: object = {}): object {
  return { project_id: id, remote_url: URL_OF_REPOSITORY, git_clone_strategy: "deploy_key", state: 1, ...more };
}

async function created(cloud: Cloud, project: OwnProject, more: object = {}): Promise<Data> {
  return one(await cloud.post(`${project.path}/repositories/`, body(project, more)));
}

export const repositories = group("repositories", [
  rule("keys", "a repository has what the provider reads", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await created(cloud, project);
    contains(one(await cloud.get(`${project.path}/repositories/${id}/`)), {
      ...body(project),
      id: integer,
      account_id: cloud.accountId,
      deploy_key_id: integerOrNull,
      repository_credentials_id: integerOrNull,
      github_installation_id: integerOrNull,
      gitlab_project_id: integerOrNull,
      private_link_endpoint_id: textOrNull,
      remote_backend: textOrNull,
    });
  }),
  rule("deploy-key", "the strategy `deploy_key` has a public key, which an update keeps", async (cloud) => {
    const project = await newProject(cloud);
    const repository = await created(cloud, project);
    const { deploy_key } = repository as { deploy_key?: { public_key?: unknown } };
    must(/^ssh-\w+ AAAA/.test(String(deploy_key?.public_key)), "the repository has no public key");
    const path = `${project.path}/repositories/${repository.id}/`;
    contains(one(await cloud.post(path, body(project, { remote_url: "git@example.com:o/r.git" }))), { deploy_key });
    contains(await created(cloud, project, { git_clone_strategy: "github_app" }), { deploy_key: null });
  }),
  rule("filters", "repositories are filtered by address, project and id", async (cloud) => {
    const [project, other] = [await newProject(cloud), await newProject(cloud)];
    const { id } = await created(cloud, project);
    await created(cloud, other);
    const list = `${cloud.v2}/repositories/?project_id=${project.id}`;
    equal(ids(await cloud.get(list)), [id], "of the project");
    equal(ids(await cloud.get(`${list}&remote_url=${encodeURIComponent(URL_OF_REPOSITORY)}`)), [id], "by address");
    equal(ids(await cloud.get(`${list}&remote_url=x`)), [], "by another address");
    equal(ids(await cloud.get(`${list}&pk=${id}`)), [id], "by id");
  }),
  rule(
    "template",
    "a template for pull requests is ignored by a create, kept by an update, and absent otherwise",
    async (cloud) => {
      const project = await newProject(cloud);
      const repository = await created(cloud, project, TEMPLATE);
      contains(repository, { pull_request_url_template: absent });
      const path = `${project.path}/repositories/${repository.id}/`;
      contains(one(await cloud.post(path, body(project, TEMPLATE))), TEMPLATE);
      contains(one(await cloud.get(path)), TEMPLATE);
    },
  ),
  rule("update", "an update changes address and strategy", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await created(cloud, project);
    const changes = {
      remote_url: "git@git.example.com:m/other.git",
      git_clone_strategy: "github_app",
      github_installation_id: 9,
    };
    contains(one(await cloud.post(`${project.path}/repositories/${id}/`, body(project, changes))), changes);
  }),
  rule("create-only", "fields that only a create may have are refused in an update", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await created(cloud, project, { git_clone_strategy: "deploy_token", gitlab_project_id: 7 });
    for (const key of [
      "gitlab_project_id",
      "azure_active_directory_project_id",
      "azure_active_directory_repository_id",
    ]) {
      const answer = await cloud.post(`${project.path}/repositories/${id}/`, body(project, { [key]: 7 }));
      refused(answer, 400, { [key]: text });
    }
  }),
  rule("link", "a project is linked to its repository by `repository_id`", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await created(cloud, project);
    const before = one(await cloud.get(`${project.path}/`));
    contains(one(await cloud.post(`${project.path}/`, { ...before, repository_id: id })), { repository_id: id });
    contains(one(await cloud.get(`${project.path}/`)), { repository_id: id });
  }),
  rule(
    "scopes",
    "a repository is listed for its project and for the account, not for another project",
    async (cloud) => {
      const [project, other] = [await newProject(cloud), await newProject(cloud)];
      const { id } = await created(cloud, project);
      equal(ids(await cloud.get(`${project.path}/repositories/`)), [id], "of the project");
      equal(ids(await cloud.get(`${cloud.v2}/repositories/?order_by=-id&limit=1`)), [id], "the newest of the account");
      equal(many(await cloud.get(`${other.path}/repositories/`)), [], "of the other project");
      refused(await cloud.get(`${other.path}/repositories/${id}/`), 404);
    },
  ),
  rule("refused", "a repository without an address, or with another strategy, is refused with 400", async (cloud) => {
    const project = await newProject(cloud);
    for (const more of [{ remote_url: undefined }, { remote_url: "" }, { git_clone_strategy: "ftp" }]) {
      refused(await cloud.post(`${project.path}/repositories/`, body(project, more)), 400);
    }
  }),
]);
