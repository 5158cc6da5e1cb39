import {
  environmentVariablesOf,
  resolvedVariables,
} from "../../../../packages/local-dbt-cloud/things/environment-variables/environment-variables";
import { localDbtCloud, V2, V3, type Answer, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const OF_PROJECT = `${V3}/projects/102`;
const VARIABLES = `${OF_PROJECT}/environment-variables/`;
const MASK = "**********";

interface Value {
  readonly id: number;
  readonly value: string;
}
type Variables = Readonly<Record<string, Readonly<Record<string, Value>>>>;

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function create(name: string, values: Readonly<Record<string, string>>): Promise<number[]> {
  const { code, body } = await cloud.send("POST", `${VARIABLES}bulk/`, { env_var: { new_name: name, ...values } });
  expect(code).toBe(201);
  return (body.data as { new_var_ids: number[] }).new_var_ids;
}

const put = (name: string, values: object): Promise<Answer> =>
  cloud.send("PUT", `${VARIABLES}bulk/`, { env_vars: { name, ...values } });

async function variables(): Promise<Variables> {
  const { body } = await cloud.send("GET", `${VARIABLES}environment/`);
  return (body.data as { variables: Variables }).variables;
}

async function job(): Promise<number> {
  const body = { name: "j", project_id: 102, environment_id: 302, execute_steps: ["dbt build"] };
  return ((await cloud.send("POST", `${V2}/jobs/`, body)).body.data as { id: number }).id;
}

const override = (jobId: number, name: string, raw_value: string): Promise<Answer> =>
  cloud.send("POST", VARIABLES, {
    id: null,
    account_id: 12345,
    project_id: 102,
    job_definition_id: jobId,
    name,
    raw_value,
    type: "job",
  });

async function ofJob(jobId: number): Promise<Variables> {
  return (await cloud.send("GET", `${VARIABLES}job/?job_definition_id=${jobId}`)).body.data as Variables;
}

const resolved = (id: number): Readonly<Record<string, string>> =>
  resolvedVariables(cloud.world, { id, project_id: 102, environment_id: 302 });

describe("an environment variable", () => {
  it("has values by the names of environments, and only those that it has", async () => {
    expect((await cloud.send("GET", `${VARIABLES}environment/`)).body.data).toEqual({
      environments: ["project", "marketing-staging", "marketing-production", "terraform-dev"],
      variables: {},
    });
    const ids = await create("DBT_X", { project: "1", "marketing-production": "2" });
    expect(ids).toEqual([1, 2]);
    expect(await variables()).toEqual({
      DBT_X: { project: { id: 1, value: "1" }, "marketing-production": { id: 2, value: "2" } },
    });
  });

  it("is changed by the ids of values, extended by environments, and cut by empty values", async () => {
    const [project, production] = await create("DBT_X", { project: "1", "marketing-production": "2" });
    const { code, body } = await put("DBT_X", { [production!]: "3", [project!]: "", "marketing-staging": "4" });
    expect(code).toBe(200);
    expect((body.data as { new_var_ids: number[] }).new_var_ids).toEqual([3]);
    expect(await variables()).toEqual({
      DBT_X: { "marketing-production": { id: production, value: "3" }, "marketing-staging": { id: 3, value: "4" } },
    });
  });

  it("is gone without values, and after DELETE with its name in the body, with the values of jobs", async () => {
    const [id] = await create("DBT_X", { project: "1" });
    await put("DBT_X", { [id!]: "" });
    expect(await variables()).toEqual({});

    await create("DBT_Y", { project: "1" });
    await override(await job(), "DBT_Y", "2");
    expect(await cloud.send("DELETE", `${VARIABLES}bulk/`, { name: "DBT_Y" })).toMatchObject({ code: 204, text: "" });
    expect(await variables()).toEqual({});
    expect(environmentVariablesOf(cloud.world).all()).toEqual([]);
    expect(await cloud.send("DELETE", `${VARIABLES}bulk/`, { name: "DBT_Y" })).toMatchObject({ code: 404 });
  });

  it("follows an environment to its new name, and loses its value with it", async () => {
    await create("DBT_X", { project: "1", "marketing-production": "2" });
    await cloud.send("POST", `${OF_PROJECT}/environments/302/`, { name: "live" });
    expect(await variables()).toMatchObject({ DBT_X: { live: { id: 2, value: "2" } } });
    await cloud.send("DELETE", `${OF_PROJECT}/environments/302/`);
    expect(await variables()).toEqual({ DBT_X: { project: { id: 1, value: "1" } } });
  });

  it.each([
    ["POST", { env_var: { new_name: "PATH", project: "/" } }],
    ["POST", { env_var: { new_name: "DBT_X", nowhere: "1" } }],
    ["POST", { env_var: { new_name: "DBT_X", project: 1 } }],
    ["POST", { env_var: { new_name: "DBT_KNOWN", project: "1" } }],
    ["POST", {}],
    ["PUT", { env_vars: { name: "DBT_KNOWN", nowhere: "1" } }],
    ["PUT", { env_vars: { name: "DBT_KNOWN", 99: "1" } }],
  ] as const)("is refused, as a whole, in %s %j", async (method, body) => {
    await create("DBT_KNOWN", { project: "0" });
    expect(await cloud.send(method, `${VARIABLES}bulk/`, body)).toMatchObject({ code: 400 });
    expect(await variables()).toEqual({ DBT_KNOWN: { project: { id: 1, value: "0" } } });
  });

  it("that there is not cannot be changed", async () => {
    expect(await put("DBT_X", { project: "1" })).toMatchObject({ code: 404 });
  });
});

describe("a secret variable", () => {
  it("is masked in every answer, and known to runs", async () => {
    const id = await job();
    const texts: string[] = [];
    const send: LocalDbtCloud["send"] = async (...request) => {
      const answer = await cloud.send(...request);
      texts.push(answer.text);
      return answer;
    };
    const name = "DBT_ENV_SECRET_TOKEN";
    await send("POST", `${VARIABLES}bulk/`, { env_var: { new_name: name, "marketing-production": "hush-1" } });
    expect(await variables()).toEqual({ [name]: { "marketing-production": { id: 1, value: MASK } } });
    expect(resolved(id)).toEqual({ [name]: "hush-1" });

    await send("PUT", `${VARIABLES}bulk/`, { env_vars: { name, 1: "hush-2" } });
    const body = { job_definition_id: id, name, raw_value: "hush-3", type: "job" };
    const { body: answer } = await send("POST", VARIABLES, body);
    expect(answer.data).toMatchObject({ name, display_value: MASK });
    await send("POST", `${VARIABLES}2/`, { ...body, raw_value: "hush-4" });
    await send("GET", `${VARIABLES}job/?job_definition_id=${id}`);
    await send("GET", `${VARIABLES}environment/`);
    expect(resolved(id)).toEqual({ [name]: "hush-4" });
    expect(texts.join()).not.toContain("hush");
  });

  it("keeps its value when a client sends the mask back", async () => {
    const id = await job();
    await create("DBT_ENV_SECRET_X", { project: "hush" });
    await put("DBT_ENV_SECRET_X", { 1: MASK, "marketing-staging": "other" });
    expect(resolved(id)).toEqual({ DBT_ENV_SECRET_X: "hush" });
  });
});

describe("a job's own value", () => {
  it("has what clients read, and no value of what it is not", async () => {
    const id = await job();
    expect(await ofJob(id)).toEqual({});
    await create("DBT_X", { project: "1", "marketing-production": "2", "marketing-staging": "3" });
    await create("DBT_Y", { "marketing-staging": "3" });
    const { code, body } = await override(id, "DBT_X", "4");
    expect(code).toBe(201);
    expect(body.data).toEqual({
      id: 5,
      account_id: 12345,
      project_id: 102,
      environment_id: null,
      job_definition_id: id,
      name: "DBT_X",
      type: "job",
      display_value: "4",
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
    expect(await ofJob(id)).toEqual({
      DBT_X: { project: { id: 1, value: "1" }, environment: { id: 2, value: "2" }, job: { id: 5, value: "4" } },
    });
    expect((await ofJob(await job()))["DBT_X"]).not.toHaveProperty("job");
    expect(await variables()).not.toHaveProperty("DBT_X.job");
  });

  it("is changed and deleted one by one", async () => {
    const id = await job();
    await create("DBT_X", { project: "1" });
    await override(id, "DBT_X", "2");
    const changed = { id: 2, job_definition_id: id, name: "DBT_X", raw_value: "", type: "job" };
    expect(await cloud.send("POST", `${VARIABLES}2/`, changed)).toMatchObject({
      code: 200,
      body: { data: { id: 2, display_value: "" } },
    });
    expect(resolved(id)).toEqual({ DBT_X: "" });
    expect(await cloud.send("DELETE", `${VARIABLES}2/`)).toMatchObject({ code: 204, text: "" });
    expect(await ofJob(id)).toEqual({ DBT_X: { project: { id: 1, value: "1" } } });
    expect(await cloud.send("DELETE", `${VARIABLES}2/`)).toMatchObject({ code: 404 });
  });

  it("is refused for a job or a variable that there is not, and twice", async () => {
    const id = await job();
    await create("DBT_X", { project: "1" });
    expect(await override(99, "DBT_X", "2")).toMatchObject({ code: 400 });
    expect(await override(id, "DBT_Y", "2")).toMatchObject({ code: 400 });
    expect(await override(id, "DBT_X", "2")).toMatchObject({ code: 201 });
    expect(await override(id, "DBT_X", "3")).toMatchObject({ code: 400 });
  });

  it("is asked for with a job, or there is none", async () => {
    expect(await cloud.send("GET", `${VARIABLES}job/`)).toMatchObject({ code: 200, body: { data: {} } });
    expect(await cloud.send("GET", `${VARIABLES}job/?job_definition_id=99`)).toMatchObject({ code: 404 });
    expect(await cloud.send("GET", `${VARIABLES}user/`)).toMatchObject({ code: 200, body: { data: {} } });
  });
});

describe("the values that a run has", () => {
  it("are the job's before the environment's before the project's", async () => {
    const id = await job();
    await create("DBT_PROJECT", { project: "p" });
    await create("DBT_ENVIRONMENT", { project: "p", "marketing-production": "e", "marketing-staging": "s" });
    await create("DBT_JOB", { project: "p", "marketing-production": "e" });
    await create("DBT_ELSEWHERE", { "marketing-staging": "s" });
    await override(id, "DBT_JOB", "j");
    await override(await job(), "DBT_PROJECT", "other job");
    expect(resolved(id)).toEqual({ DBT_PROJECT: "p", DBT_ENVIRONMENT: "e", DBT_JOB: "j" });
  });
});
