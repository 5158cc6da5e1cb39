import { localDbtCloud, V2, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const PROJECTS = `${V3}/projects/`;

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function created(body: object = {}): Promise<Record<string, unknown> & { id: number }> {
  const { code, body: answer } = await cloud.send("POST", PROJECTS, { name: "Marketing", ...body });
  expect(code).toBe(201);
  return answer.data as Record<string, unknown> & { id: number };
}

describe("a project", () => {
  it("has every key that clients read, with defaults", async () => {
    expect(await created()).toEqual({
      id: 103,
      account_id: 12345,
      name: "Marketing",
      description: "",
      dbt_project_subdirectory: null,
      type: 0,
      state: 1,
      connection_id: null,
      repository_id: null,
      semantic_layer_config_id: null,
      docs_job_id: null,
      freshness_job_id: null,
      connection: null,
      repository: null,
      environments: null,
      group_permissions: null,
      docs_job: null,
      freshness_job: null,
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("keeps what clients send", async () => {
    const sent = { description: "d", dbt_project_subdirectory: "dbt", type: 1, connection_id: 5, repository_id: 6 };
    const { id, ...project } = await created(sent);
    expect(project).toMatchObject(sent);
    expect(
      (await cloud.send("GET", `${PROJECTS}${id}/?include_related=[freshness_job_id,docs_job_id]`)).body.data,
    ).toEqual({
      id,
      ...project,
    });
  });

  it("is refused without a name", async () => {
    for (const body of [{}, { name: "" }, { name: 1 }, { name: "n", type: 2 }]) {
      expect(await cloud.send("POST", PROJECTS, body)).toMatchObject({ code: 400 });
    }
  });

  it("unlinks a repository that an update leaves out, and keeps connection and subdirectory", async () => {
    const { id, ...project } = await created({ dbt_project_subdirectory: "dbt", connection_id: 5, repository_id: 6 });
    const { repository_id: _r, connection_id: _c, dbt_project_subdirectory: _d, ...rest } = project;
    const { body } = await cloud.send("POST", `${PROJECTS}${id}/`, { ...rest, id, name: "Other" });
    expect(body.data).toMatchObject({
      name: "Other",
      repository_id: null,
      connection_id: 5,
      dbt_project_subdirectory: "dbt",
    });
    const cleared = await cloud.send("POST", `${PROJECTS}${id}/`, { name: "Other", dbt_project_subdirectory: "" });
    expect(cleared.body.data).toMatchObject({ dbt_project_subdirectory: "" });
  });

  it.each([
    ["by its state, as the provider deletes", "POST", { name: "Marketing", state: 2 }, 200],
    ["by DELETE", "DELETE", undefined, 204],
  ] as const)("disappears %s", async (_, method, body, code) => {
    const { id } = await created();
    expect(await cloud.send(method, `${PROJECTS}${id}/`, body)).toMatchObject({ code });
    for (const again of ["GET", "POST", "DELETE"] as const) {
      expect(await cloud.send(again, `${PROJECTS}${id}/`, again === "POST" ? { name: "n" } : undefined)).toMatchObject({
        code: 404,
        body: { status: { code: 404 } },
      });
    }
    expect((await cloud.send("GET", PROJECTS)).body.data).toMatchObject([{ id: 102 }]);
    expect((await cloud.send("GET", `${PROJECTS}?state=2`)).body.data).toMatchObject([{ id }]);
    expect((await cloud.send("GET", `${PROJECTS}?state=all&order_by=-id`)).body.data).toMatchObject([
      { id },
      { id: 102 },
    ]);
  });

  it("takes everything in it along", async () => {
    const { id } = await created();
    const of = `${PROJECTS}${id}`;
    const add = async (path: string, body: object): Promise<number> =>
      ((await cloud.send("POST", path, body)).body.data as { id: number }).id;
    const environment = await add(`${of}/environments/`, { name: "e" });
    const credential = await add(`${of}/credentials/`, { type: "redshift" });
    const repository = await add(`${of}/repositories/`, { remote_url: "git@x:y.git" });
    const attributes = await add(`${of}/extended-attributes/`, { extended_attributes: {} });
    const job = await add(`${V2}/jobs/`, {
      name: "j",
      project_id: id,
      environment_id: environment,
      execute_steps: ["dbt build"],
    });
    await cloud.send("POST", `${of}/environment-variables/bulk/`, { env_var: { new_name: "DBT_X", project: "1" } });

    await cloud.send("DELETE", `${of}/`);
    for (const path of [
      `${of}/environments/`,
      `${of}/environments/${environment}/`,
      `${V3}/environments/${environment}/`,
      `${of}/credentials/${credential}/`,
      `${of}/repositories/${repository}/`,
      `${of}/extended-attributes/${attributes}/`,
      `${of}/environment-variables/environment/`,
      `${V2}/jobs/${job}/`,
    ]) {
      expect(await cloud.send("GET", path)).toMatchObject({ code: 404 });
    }
    expect((await cloud.send("GET", `${V2}/jobs/`)).body.data).toEqual([]);
    expect((await cloud.send("GET", `${V2}/repositories/`)).body.data).toEqual([]);
    expect((await cloud.send("GET", `${V3}/environments/?project_id=${id}`)).body.data).toEqual([]);
  });
});

describe("the list of projects", () => {
  it("is found by a part of the name in any case, by ids, in v2 and v3", async () => {
    const { id } = await created({ name: "Sales" });
    for (const version of [V2, V3]) {
      expect((await cloud.send("GET", `${version}/projects/?name__icontains=SALE`)).body.data).toMatchObject([{ id }]);
      expect((await cloud.send("GET", `${version}/projects/?pk=${id}`)).body.data).toMatchObject([{ id }]);
      expect((await cloud.send("GET", `${version}/projects/?pk__in=[102,${id}]&order_by=-name`)).body).toMatchObject({
        data: [{ id }, { id: 102 }],
        extra: { pagination: { count: 2, total_count: 2 } },
      });
    }
  });
});
