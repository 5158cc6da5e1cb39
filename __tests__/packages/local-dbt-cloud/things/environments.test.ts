import { localDbtCloud, V2, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const ENVIRONMENTS = `${V3}/projects/102/environments/`;

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function created(body: object = {}): Promise<Record<string, unknown> & { id: number }> {
  const { code, body: answer } = await cloud.send("POST", ENVIRONMENTS, body);
  expect(code).toBe(201);
  return answer.data as Record<string, unknown> & { id: number };
}

const ids = async (path: string): Promise<number[]> =>
  ((await cloud.send("GET", path)).body.data as { id: number }[]).map(({ id }) => id);

describe("an environment", () => {
  it("has every key that clients read, with defaults, and no lists where the provider cannot read one", async () => {
    expect(await created()).toEqual({
      id: 1000,
      account_id: 12345,
      project_id: 102,
      name: "New Environment",
      type: "deployment",
      deployment_type: null,
      dbt_version: "latest",
      raw_dbt_version: "latest",
      use_custom_branch: false,
      custom_branch: null,
      credentials_id: null,
      connection_id: null,
      extended_attributes_id: null,
      primary_profile_id: null,
      enable_model_query_history: false,
      enable_dbt_state: false,
      supports_docs: false,
      is_deferrable: true,
      state: 1,
      project: null,
      credentials: null,
      jobs: null,
      custom_environment_variables: null,
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("ignores what the provider echoes", async () => {
    const sent = {
      name: "e",
      dbt_version: "1.11.0-latest",
      deployment_type: "staging",
      enable_model_query_history: true,
      project: { id: 0, name: "" },
      jobs: null,
      created_at: "2020-01-01",
      project_id: 7,
    };
    expect(await created(sent)).toMatchObject({
      dbt_version: "1.11.0-latest",
      deployment_type: "staging",
      enable_model_query_history: true,
      project: null,
      project_id: 102,
      created_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("has null for an empty branch and for the id 0", async () => {
    const { id } = await created({ use_custom_branch: true, custom_branch: "main", connection_id: 0 });
    const { body } = await cloud.send("POST", `${ENVIRONMENTS}${id}/`, { name: "e", custom_branch: "" });
    expect(body.data).toMatchObject({ use_custom_branch: false, custom_branch: null, connection_id: null });
  });

  it("is reset by an update in everything that the update leaves out", async () => {
    const { id } = await created({
      deployment_type: "production",
      credentials_id: 1,
      connection_id: 2,
      extended_attributes_id: 3,
      primary_profile_id: 4,
      enable_model_query_history: true,
    });
    const { body } = await cloud.send("POST", `${ENVIRONMENTS}${id}/`, { name: "e" });
    expect(body.data).toMatchObject({
      deployment_type: null,
      credentials_id: null,
      connection_id: null,
      extended_attributes_id: null,
      primary_profile_id: null,
      enable_model_query_history: false,
    });
  });

  it.each([
    ["an empty deployment type", { deployment_type: "" }],
    ["another type", { type: "preview" }],
    ["a custom branch without its name", { use_custom_branch: true }],
    ["a text for a flag", { use_custom_branch: "false" }],
  ])("is refused with %s", async (_, body) => {
    expect(await cloud.send("POST", ENVIRONMENTS, body)).toMatchObject({ code: 400 });
  });

  it("is found in its own project only, and in the account", async () => {
    const other = ((await cloud.send("POST", `${V3}/projects/`, { name: "Other" })).body.data as { id: number }).id;
    expect(await cloud.send("GET", `${ENVIRONMENTS}302/`)).toMatchObject({ code: 200 });
    expect(await cloud.send("GET", `${V3}/environments/302/`)).toMatchObject({ code: 200 });
    expect(await cloud.send("GET", `${V3}/projects/${other}/environments/302/`)).toMatchObject({ code: 404 });
    expect(await ids(`${V3}/projects/${other}/environments/`)).toEqual([]);
    expect(await ids(`${V3}/environments/?project_id=102`)).toEqual([202, 302, 999]);
  });

  it("disappears with its jobs", async () => {
    const { id } = await created();
    const job = (
      await cloud.send("POST", `${V2}/jobs/`, {
        name: "j",
        project_id: 102,
        environment_id: id,
        execute_steps: ["dbt build"],
      })
    ).body.data as { id: number };
    expect(await cloud.send("DELETE", `${ENVIRONMENTS}${id}/`)).toMatchObject({ code: 204, text: "" });
    expect(await cloud.send("GET", `${ENVIRONMENTS}${id}/`)).toMatchObject({
      code: 404,
      body: { status: { code: 404 } },
    });
    expect(await cloud.send("DELETE", `${ENVIRONMENTS}${id}/`)).toMatchObject({ code: 404 });
    expect(await cloud.send("GET", `${V2}/jobs/${job.id}/`)).toMatchObject({ code: 404 });
    expect(await ids(ENVIRONMENTS)).toEqual([202, 302, 999]);
    expect(await ids(`${ENVIRONMENTS}?state=deleted`)).toEqual([id]);
  });

  it("disappears by its state", async () => {
    const { id } = await created();
    expect(await cloud.send("POST", `${ENVIRONMENTS}${id}/`, { name: "e", state: 2 })).toMatchObject({ code: 200 });
    expect(await cloud.send("GET", `${ENVIRONMENTS}${id}/`)).toMatchObject({ code: 404 });
  });
});

describe("the list of environments", () => {
  it.each([
    ["name=marketing-staging", [202]],
    ["name__icontains=MARKETING", [202, 302]],
    ["deployment_type=production", [302]],
    ["deployment_type__in=[staging,production]", [202, 302]],
    ["type=development", []],
    ["pk=999", [999]],
    ["pk__in=202,999", [202, 999]],
    ["id__gt=202", [302, 999]],
    ["dbt_version=latest&limit=2&order_by=-id", [999, 302]],
    ["credentials_id=1", []],
  ])("?%s", async (query, expected) => {
    expect(await ids(`${ENVIRONMENTS}?${query}`)).toEqual(expected);
    expect(await ids(`${V3}/environments/?${query}`)).toEqual(expected);
  });
});
