import {
  createOverride,
  deleteOverride,
  knownVariables,
  readOverrides,
  updateOverride,
} from "../../../src/dbt-cloud/environment-variables";
import { addJob, addVariable, listeningCloud, overridesOf, type ListeningCloud } from "../../support/listening-cloud";
import { localDbtCloud, type LocalDbtCloud } from "../../support/local-dbt-cloud";
import { clientOf } from "../../support/work-on-branch";

let local: LocalDbtCloud;
let cloud: ListeningCloud;
let job: number;
beforeEach(async () => {
  local = localDbtCloud();
  cloud = await listeningCloud(local.world);
  job = addJob(cloud.world).id;
});
afterEach(async () => {
  await cloud.close();
  await local.close();
});

/** Each fault at a request that writes, once. */
const LOST = [
  ["dropped before the write", { kind: "drop_before" }],
  ["dropped after the write", { kind: "drop_after" }],
  ["503 after the write", { kind: "status", code: 503, after: true }],
  ["HTML with 200 before the write", { kind: "html", code: 200 }],
  ["HTML with 200 after the write", { kind: "html", code: 200, after: true }],
  ["429", { kind: "status", code: 429 }],
] as const;

describe("the environment variables of a project", () => {
  it("include each variable with a value for the project or an environment", async () => {
    addVariable(cloud.world, "DBT_WINDOW", "30");
    addVariable(cloud.world, "DBT_LOST", "x", job);
    expect(await knownVariables(clientOf(cloud), 102)).toEqual(new Set(["DBT_SCHEMA", "DBT_WINDOW"]));
  });
});

describe("a job's own values", () => {
  it("include only the values of the job", async () => {
    const other = addJob(cloud.world).id;
    addVariable(cloud.world, "DBT_SCHEMA", "marketing_other", other);
    expect(await readOverrides(clientOf(cloud), 102, job)).toEqual(new Map());
    await createOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", "marketing_x");
    const own = await readOverrides(clientOf(cloud), 102, job);
    expect([...own].map(([name, { value }]) => [name, value])).toEqual([["DBT_SCHEMA", "marketing_x"]]);
  });

  it("are masked by dbt Cloud when the name is the name of a secret", async () => {
    addVariable(cloud.world, "DBT_ENV_SECRET_KEY", "hunter22", job);
    const { value } = (await readOverrides(clientOf(cloud), 102, job)).get("DBT_ENV_SECRET_KEY")!;
    expect(value).toBe("**********");
  });

  it("are created, changed and deleted", async () => {
    await createOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", "a");
    const { id } = (await readOverrides(clientOf(cloud), 102, job)).get("DBT_SCHEMA")!;
    await updateOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", { id, value: "b\n\"ü'" });
    expect(overridesOf(cloud.world, job)).toEqual({ DBT_SCHEMA: "b\n\"ü'" });
    await deleteOverride(clientOf(cloud), 102, id);
    await deleteOverride(clientOf(cloud), 102, id);
    expect(overridesOf(cloud.world, job)).toEqual({});
  });

  it.each(LOST)("are created once when the answer is %s", async (_, fault) => {
    await cloud.order({ ...fault, method: "POST", times: 1 });
    await createOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", "a");
    expect(overridesOf(cloud.world, job)).toEqual({ DBT_SCHEMA: "a" });
  });

  it.each(LOST)("are changed when the answer is %s", async (_, fault) => {
    await createOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", "a");
    const { id } = (await readOverrides(clientOf(cloud), 102, job)).get("DBT_SCHEMA")!;
    await cloud.order({ ...fault, method: "POST", times: 1 });
    await updateOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", { id, value: "b" });
    expect(overridesOf(cloud.world, job)).toEqual({ DBT_SCHEMA: "b" });
  });

  it.each(LOST)("are deleted when the answer is %s", async (_, fault) => {
    await createOverride(clientOf(cloud), 102, job, "DBT_SCHEMA", "a");
    const { id } = (await readOverrides(clientOf(cloud), 102, job)).get("DBT_SCHEMA")!;
    await cloud.order({ ...fault, method: "DELETE", times: 1 });
    await deleteOverride(clientOf(cloud), 102, id);
    expect(overridesOf(cloud.world, job)).toEqual({});
  });

  it("fail with dbt Cloud's message", async () => {
    await expect(createOverride(clientOf(cloud), 102, job, "DBT_UNKNOWN", "a")).rejects.toThrow(
      /^dbt Cloud refused the request \(400\); .*the project has no environment variable DBT_UNKNOWN.*request: POST v3\/projects\/102\/environment-variables\/$/s,
    );
  });
});
