import { resolvedVariables } from "../../../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { localDbtCloud, V2, V3, type Answer, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const VARIABLES = `${V3}/projects/102/environment-variables/`;
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

/** Creates a variable and returns the ids of its values. */
async function create(name: string, values: object, send = cloud.send): Promise<number[]> {
  const { code, body } = await send("POST", `${VARIABLES}bulk/`, { env_var: { new_name: name, ...values } });
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

/** The variables of the seeded project. */
const SEEDED = { DBT_SCHEMA: "marketing" };

const resolved = (id: number): Readonly<Record<string, string>> =>
  resolvedVariables(cloud.world, { id, project_id: 102, environment_id: 302 });

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
    const [valueId] = await create(name, { "marketing-production": "hush-1" }, send);
    expect(await variables()).toMatchObject({ [name]: { "marketing-production": { id: valueId, value: MASK } } });
    expect(resolved(id)).toEqual({ ...SEEDED, [name]: "hush-1" });

    await send("PUT", `${VARIABLES}bulk/`, { env_vars: { name, [valueId!]: "hush-2" } });
    const body = { job_definition_id: id, name, raw_value: "hush-3", type: "job" };
    const { body: answer } = await send("POST", VARIABLES, body);
    expect(answer.data).toMatchObject({ name, display_value: MASK });
    await send("POST", `${VARIABLES}${(answer.data as Value).id}/`, { ...body, raw_value: "hush-4" });
    await send("GET", `${VARIABLES}job/?job_definition_id=${id}`);
    await send("GET", `${VARIABLES}environment/`);
    expect(resolved(id)).toEqual({ ...SEEDED, [name]: "hush-4" });
    expect(texts.join()).not.toContain("hush");
  });

  it("keeps its value if a client sends the mask back", async () => {
    const id = await job();
    const [valueId] = await create("DBT_ENV_SECRET_X", { project: "hush" });
    await put("DBT_ENV_SECRET_X", { [valueId!]: MASK, "marketing-staging": "other" });
    expect(resolved(id)).toEqual({ ...SEEDED, DBT_ENV_SECRET_X: "hush" });
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
    expect(resolved(id)).toEqual({ ...SEEDED, DBT_PROJECT: "p", DBT_ENVIRONMENT: "e", DBT_JOB: "j" });
  });
});
