import { localDbtCloud, V2, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const REPOSITORIES = `${V3}/projects/102/repositories/`;
const repository = { account_id: 12345, project_id: 102, remote_url: "git@git.example.com:m/dbt.git", state: 1 };

type Data = Readonly<Record<string, unknown>> & { readonly id: number };

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function created(body: object = {}): Promise<Data> {
  const answer = await cloud.send("POST", REPOSITORIES, { ...repository, ...body });
  expect(answer.code).toBe(201);
  return answer.body.data as Data;
}

describe("a repository", () => {
  it("has what the provider reads", async () => {
    expect(await created()).toEqual({
      id: 1,
      account_id: 12345,
      project_id: 102,
      remote_url: "git@git.example.com:m/dbt.git",
      git_clone_strategy: "deploy_key",
      state: 1,
      deploy_key: null,
      deploy_key_id: null,
      repository_credentials_id: null,
      github_installation_id: null,
      gitlab_project_id: null,
      private_link_endpoint_id: null,
      remote_backend: null,
      full_name: null,
      name: null,
      web_url: null,
      github_repo: null,
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("gets a template for pull requests by an update only", async () => {
    const template = { pull_request_url_template: "https://git.example.com/{{sourceBranch}}" };
    const { id, ...made } = await created(template);
    expect(made).not.toHaveProperty("pull_request_url_template");
    const { body } = await cloud.send("POST", `${REPOSITORIES}${id}/`, { ...repository, ...template });
    expect(body.data).toMatchObject(template);
    expect((await cloud.send("GET", `${REPOSITORIES}${id}/`)).body.data).toMatchObject(template);
  });

  it("takes what only a create may say, and refuses it in an update", async () => {
    const { id } = await created({ git_clone_strategy: "deploy_token", gitlab_project_id: 7 });
    const body = { ...repository, gitlab_project_id: 7 };
    expect(await cloud.send("POST", `${REPOSITORIES}${id}/`, body)).toMatchObject({
      code: 400,
      body: { data: { gitlab_project_id: "Additional properties are not allowed" } },
    });
    const changes = {
      ...repository,
      remote_url: "git@x:y.git",
      git_clone_strategy: "github_app",
      github_installation_id: 9,
    };
    expect((await cloud.send("POST", `${REPOSITORIES}${id}/`, changes)).body.data).toMatchObject(changes);
  });

  it("is linked to its project by the project, and unlinked by leaving it out", async () => {
    const { id } = await created();
    const project = (await cloud.send("GET", `${V3}/projects/102/`)).body.data as Data;
    const linked = await cloud.send("POST", `${V3}/projects/102/`, { ...project, repository_id: id });
    expect(linked.body.data).toMatchObject({ repository_id: id });
    const { repository_id: _link, ...without } = linked.body.data as Data;
    expect((await cloud.send("POST", `${V3}/projects/102/`, without)).body.data).toMatchObject({ repository_id: null });
  });

  it("is listed for its project and for the account until it is deleted", async () => {
    const { id } = await created();
    const project = (await cloud.send("POST", `${V3}/projects/`, { name: "Other" })).body.data as Data;
    for (const path of [REPOSITORIES, `${V2}/repositories/`]) {
      expect((await cloud.send("GET", path)).body).toMatchObject({
        data: [{ id }],
        extra: { pagination: { count: 1, total_count: 1 } },
      });
    }
    expect((await cloud.send("GET", `${V3}/projects/${project.id}/repositories/`)).body.data).toEqual([]);
    expect(await cloud.send("GET", `${V3}/projects/${project.id}/repositories/${id}/`)).toMatchObject({ code: 404 });

    expect(await cloud.send("DELETE", `${REPOSITORIES}${id}/`)).toMatchObject({ code: 204, text: "" });
    expect(await cloud.send("GET", `${REPOSITORIES}${id}/`)).toMatchObject({
      code: 404,
      body: { status: { code: 404 } },
    });
    for (const path of [REPOSITORIES, `${V2}/repositories/`]) {
      expect((await cloud.send("GET", path)).body.data).toEqual([]);
    }
  });

  it("is refused without an address or with another strategy", async () => {
    for (const body of [{}, { remote_url: "" }, { ...repository, git_clone_strategy: "ftp" }]) {
      expect(await cloud.send("POST", REPOSITORIES, body)).toMatchObject({ code: 400 });
    }
  });
});
