import { allows, areaOf } from "../../../../../packages/local-dbt-cloud/resources/permissions/sets";
import { serviceTokensOf } from "../../../../../packages/local-dbt-cloud/resources/service-tokens/service-tokens";
import { localDbtCloud, V2, V3, type LocalDbtCloud } from "../../../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

/** Creates a service token and returns a function that sends requests with it. */
async function limitedTo(
  ...permissions: object[]
): Promise<(method: "GET" | "POST", url: string, payload?: object) => Promise<number>> {
  const { body } = await cloud.send("POST", `${V3}/service-tokens/`, { name: "t" });
  const { id, token_string } = body.data as { id: number; token_string: string };
  expect(await cloud.send("POST", `${V3}/service-tokens/${id}/permissions/`, permissions)).toMatchObject({ code: 200 });
  return async (method, url, payload) => {
    const headers = { authorization: `Bearer ${token_string}` };
    return (await cloud.app.inject({ method, url, headers, payload })).statusCode;
  };
}

describe("a service token", () => {
  it("without permissions reads the account and nothing else", async () => {
    const send = await limitedTo();
    expect(await send("GET", "/api/v2/accounts/")).toBe(200);
    for (const url of [`${V2}/jobs/`, `${V2}/runs/`, `${V3}/projects/`, `${V3}/users/`, `${V3}/service-tokens/`]) {
      expect([url, await send("GET", url)]).toEqual([url, 403]);
    }
    expect(await send("POST", `${V3}/service-tokens/`)).toBe(403);
  });

  it("is stored as a hash", async () => {
    const { body } = await cloud.send("POST", `${V3}/service-tokens/`, { name: "t" });
    const { token_string } = body.data as { token_string: string };
    expect(token_string).toMatch(/^dbtc_.{32}$/);
    expect(JSON.stringify(serviceTokensOf(cloud.world).all())).not.toContain(token_string);
  });

  it("for one project cannot write what belongs to no project", async () => {
    const send = await limitedTo({ permission_set: "admin", all_projects: false, project_id: 102 });
    expect(await send("GET", `${V3}/connections/`)).toBe(200);
    expect(await send("GET", `${V3}/webhooks/subscriptions`)).toBe(200);
    expect(await send("POST", `${V3}/webhooks/subscriptions`)).toBe(403);
    expect(await send("POST", `${V3}/service-tokens/`)).toBe(403);
  });

  it("for one project cannot start a job after a job of another project", async () => {
    const other = (await cloud.send("POST", `${V3}/projects/`, { name: "other" })).body.data as { id: number };
    const environment = { name: "e", type: "deployment", dbt_version: "latest" };
    const path = `${V3}/projects/${other.id}/environments/`;
    const { id: environment_id } = (await cloud.send("POST", path, environment)).body.data as { id: number };
    const job = { name: "j", execute_steps: ["dbt build"], project_id: 102, environment_id: 302 };
    const hidden = { ...job, project_id: other.id, environment_id };
    const { id: job_id } = (await cloud.send("POST", `${V2}/jobs/`, hidden)).body.data as { id: number };
    const condition = { job_id, project_id: other.id, statuses: [10] };
    const body = { ...job, job_completion_trigger_condition: { condition } };
    const forOne = await limitedTo({ permission_set: "job_admin", all_projects: false, project_id: 102 });
    expect(await forOne("POST", `${V2}/jobs/`, body)).toBe(404);
    const forAll = await limitedTo({ permission_set: "job_admin", all_projects: true });
    expect(await forAll("POST", `${V2}/jobs/`, body)).toBe(201);
  });

  it("adds its permissions up", async () => {
    const viewer = { permission_set: "job_viewer", all_projects: true };
    const send = await limitedTo(viewer, { permission_set: "webhooks_only", all_projects: true });
    expect(await send("GET", `${V2}/jobs/`)).toBe(200);
    // 400 is the answer to the missing body, after the permissions.
    expect(await send("POST", `${V3}/webhooks/subscriptions`)).toBe(400);
    expect(await send("POST", `${V2}/jobs/`)).toBe(403);
  });

  it("is not a user", async () => {
    const send = await limitedTo({ permission_set: "owner", all_projects: true });
    expect(await send("GET", "/api/v2/whoami/")).toBe(404);
  });
});

describe("a permission set", () => {
  it.each([
    ["GET", "/api/v2/accounts/:account/jobs/", "jobs"],
    ["POST", "/api/v2/accounts/:account/jobs/:job/run/", "runs"],
    ["GET", "/api/v2/accounts/:account/runs/:run/artifacts/*", "runs"],
    ["POST", "/api/v3/accounts/:account/projects/", "new-project"],
    ["POST", "/api/v3/accounts/:account/projects/:project/", "projects"],
    ["GET", "/api/v3/accounts/:account/projects/:project/environments/:environment/", "environments"],
    ["GET", "/api/v2/accounts/", undefined],
  ])("knows the area of %s %s", (method, url, area) => {
    expect(areaOf(method, url)).toBe(area);
  });

  it("that writes also reads, and one that reads does not write", () => {
    expect(allows("job_admin", "jobs", true)).toBe(true);
    expect(allows("job_admin", "jobs", false)).toBe(true);
    expect(allows("job_admin", "projects", true)).toBe(false);
    expect(allows("readonly", "service-tokens", true)).toBe(false);
    expect(allows("metadata_only", "jobs", false)).toBe(false);
  });
});
