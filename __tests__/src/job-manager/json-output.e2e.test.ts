import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";
import { z } from "zod";
import { jobsOf } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { outputSchema, RESULTS, type Command } from "../../../src/job-manager/output/result-schemas";
import { mark, record } from "../../support/branch-records";
import { envFolder } from "../../support/env-folder";
import { startJobManager } from "../../support/job-manager-process";
import { addJob, liveJobs, openCloud, type ListeningCloud } from "../../support/listening-cloud";
import { addRunOf, endQueuedRuns } from "../../support/run-rows";
import { devFile, JOBS, personEnv } from "../../support/work-on-branch";

/** The form of an output allows no field that the schema does not name, so that each field is documented. */
function validatorOf(command: Command): ValidateFunction {
  return new Ajv2020({ strict: false }).compile(z.toJSONSchema(outputSchema(RESULTS[command]), { io: "output" }));
}

const branch = ["--branch", "feature/x"];

let cloud: ListeningCloud;
let endsRuns: boolean;
beforeEach(async () => {
  endsRuns = true;
  cloud = await openCloud((world) => {
    if (endsRuns) endQueuedRuns(world, [10]);
  });
});
afterEach(() => cloud.close());

interface Output {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: string };
}

/** Runs a command with --json, and checks its output with the schema. */
async function outputOf(command: Command, args: readonly string[], env: Record<string, string> = {}): Promise<Output> {
  const { ended } = startJobManager([command, ...args, "--json"], { ...personEnv(cloud), ...env });
  const output = JSON.parse((await ended).stdout) as Output;
  const validate = validatorOf(command);
  validate(output);
  expect(validate.errors ?? []).toEqual([]);
  return output;
}

function addBranchJob(key: string, more: object = {}): number {
  const { name, description } = record({ mark: mark({ key }) });
  return addJob(cloud.world, { name, description, ...more }).id;
}

describe("the JSON Schema of --json accepts the output of", () => {
  it.each<[Command, readonly string[]]>([
    ["validate", ["environments"]],
    ["show", ["environments"]],
    ["schedule", ["environments", "--timezone", "Europe/Berlin"]],
    ["compare", ["staging", "prod"]],
    ["simulate", ["--days", "2", "--trials", "2", "--change", "environments/prod.yaml", "--fail", "attribution:50%"]],
  ])("%s", async (command, args) => {
    expect(await outputOf(command, args)).toMatchObject({ ok: true, result: expect.anything() as unknown });
  });

  it("diff, guard and note", async () => {
    const plan = join(__dirname, "terraform-plan/production-plan.json");
    expect(await outputOf("diff", ["production", "--plan", plan])).toMatchObject({
      result: { totals: { delete: 1 }, refusals: expect.any(Array) as unknown },
    });
    expect(await outputOf("guard", ["production", "--plan", plan])).toMatchObject({
      ok: false,
      error: { code: "failed" },
    });
    const note = envFolder({ "plan.md": "# Plan" });
    expect(await outputOf("note", [`${note}/plan.md`, "--output", `${note}/note.md`])).toMatchObject({
      result: { outcome: "file" },
    });
  });

  it("plan and deploy: creates, changes, deletes, runs, failures and obstacles", async () => {
    const file = devFile();
    expect(await outputOf("plan", ["--config", file])).toMatchObject({ result: { totals: { create: 4 } } });
    const created = await outputOf("deploy", ["--config", file, "--run"]);
    expect(created).toMatchObject({ ok: true, result: { applied: [{}, {}, {}, {}], runs: [{}, {}, {}, {}] } });
    const fewer = devFile({ ...JOBS, extract: { ...JOBS.extract, threads: 7 }, validation: undefined });
    expect(await outputOf("plan", ["--config", fewer])).toMatchObject({
      result: { totals: { update: 1, delete: 1 }, plan: { jobs: expect.any(Array) as unknown } },
    });
    await cloud.order({ kind: "status", code: 400, method: "POST", path: "/jobs/\\d+/$" });
    expect(await outputOf("deploy", ["--config", fewer])).toMatchObject({
      ok: false,
      error: { code: "failed" },
      result: { applied: [{ error: expect.any(String) as string }, { error: expect.any(String) as string }] },
    });
    await cloud.order();
    addJob(cloud.world, { name: liveJobs(cloud.world)[0]!.name });
    expect(await outputOf("deploy", ["--config", fewer])).toMatchObject({ ok: false, result: { obstacles: [{}] } });
  });

  it("list and status, also of a failed run", async () => {
    const [attribution] = [addBranchJob("attribution"), addBranchJob("extract")];
    const results = JSON.stringify({ results: [{ unique_id: "test.a.b", status: "fail", message: "m" }] });
    addRunOf(cloud.world, attribution, { status: 20, steps: [["dbt build", 20]], results, log: "a log" });
    const config = [
      "--config",
      devFile({ ...JOBS, attribution: { ...JOBS.attribution, sla: { finish_by: "06:00" } } }),
    ];
    expect(await outputOf("list", [...config, "--details"])).toMatchObject({ result: [{}, {}] });
    expect(await outputOf("status", config)).toMatchObject({
      ok: true,
      result: expect.arrayContaining([
        expect.objectContaining({ last_run: expect.objectContaining({ failed: [expect.anything()] }) as unknown }),
        expect.objectContaining({ id: null, last_run: null }),
      ]) as unknown,
    });
  });

  it("alert", async () => {
    const attribution = addBranchJob("attribution");
    const results = JSON.stringify({ results: [{ unique_id: "test.a.b", status: "fail", message: "m" }] });
    addRunOf(cloud.world, attribution, { status: 20, steps: [["dbt build", 20]], results });
    expect(await outputOf("alert", ["--config", devFile(), "--dry-run"])).toMatchObject({
      ok: true,
      result: { alerts: [{ id: "failure attribution", failures: [{ nodes: ["test.a.b"] }] }], deliveries: [] },
    });
  });

  it("usage", async () => {
    const attribution = addBranchJob("attribution");
    const results = JSON.stringify({ results: [{ unique_id: "model.a.b", status: "success", execution_time: 1.5 }] });
    const wish = { steps: [["dbt build", 10]] as const, results };
    const runs = [addRunOf(cloud.world, attribution, wish), addRunOf(cloud.world, attribution, wish)];
    const file = devFile();
    const compare = ["--compare", ...runs.map(({ id }) => String(id))];
    const args = ["--config", file, "--allowance", "9", "--change", file, ...compare];
    const cache = { XDG_CACHE_HOME: envFolder({}) };
    expect(await outputOf("usage", args, cache)).toMatchObject({
      ok: true,
      result: {
        month: { built: 2, allowance: 9 },
        slowest: [{ model: "model.a.b", seconds: 3 }],
        change: { jobs: [] },
      },
    });
  });

  it("drift", async () => {
    addBranchJob("attribution");
    expect(await outputOf("drift", ["--config", devFile()])).toMatchObject({
      ok: true,
      result: { missing: ["extract", "campaigns", "validation"], drifted: [{ key: "attribution" }] },
    });
  });

  it("sla", async () => {
    const job = jobsOf(cloud.world).get(addBranchJob("attribution"))!;
    jobsOf(cloud.world).put({ ...job, created_at: "2020-01-01 00:00:00+00:00" });
    const file = devFile({ attribution: { ...JOBS.attribution, sla: { finish_by: "06:00" } } });
    const cache = mkdtempSync(join(tmpdir(), "sla-"));
    expect(await outputOf("sla", ["--config", file], { XDG_CACHE_HOME: cache })).toMatchObject({
      ok: false,
      result: { jobs: [{ key: "attribution", misses: expect.arrayContaining([expect.anything()]) as unknown }] },
    });
    rmSync(cache, { recursive: true });
  });

  it("explain, with a duration and without dbt", async () => {
    addRunOf(cloud.world, addBranchJob("attribution"), { status: 10 });
    const args = ["attribution", "--config", devFile(), "--dbt-program", "/no/dbt"];
    expect(await outputOf("explain", args)).toMatchObject({
      ok: true,
      result: { dbt: null, duration: { runs: 1 }, starts: ["campaigns"] },
    });
  });

  it("run, logs and cancel", async () => {
    const id = addBranchJob("attribution");
    const config = ["attribution", "--config", devFile()];
    expect(await outputOf("run", [...config, "--wait"])).toMatchObject({ ok: true, result: [{ status: "Success" }] });
    addRunOf(cloud.world, id, { status: 10, steps: [["dbt build", 10]], log: "a log" });
    expect(await outputOf("logs", config)).toMatchObject({ result: { steps: [{ log: ["a log"] }] } });
    endsRuns = false;
    addRunOf(cloud.world, id, { status: 1 });
    expect(await outputOf("cancel", config)).toMatchObject({ ok: true, result: { status: "Cancelled" } });
  });

  it("cleanup", async () => {
    addBranchJob("attribution");
    const config = ["--config", devFile()];
    expect(await outputOf("cleanup", [...config, ...branch, "--dry-run"])).toMatchObject({ result: { jobs: [{}] } });
    expect(await outputOf("cleanup", [...config, ...branch, "--yes"])).toMatchObject({
      ok: true,
      result: { deleted: [{ dropped_schema: "marketing_feature_x_jennifer" }] },
    });
  });

  it.each<[string, Command, readonly string[], Record<string, string>]>([
    ["usage", "run", [], {}],
    ["usage", "deploy", ["--unknown"], {}],
    ["usage", "logs", ["no-such-job", "--config", "dev"], {}],
    ["configuration", "deploy", ["--config", "dev"], { DBTCLOUD_TOKEN: "" }],
    ["configuration", "validate", ["README.md"], {}],
    ["dbt_cloud", "list", ["--config", "dev"], { DBTCLOUD_TOKEN: "dbtc_wrong_token" }],
    ["failed", "cleanup", ["--config", "dev", "--merged"], { PATH: "/nowhere" }],
  ])("an error with the code %s, of %s %j", async (code, command, args, env) => {
    expect(await outputOf(command, args, env)).toMatchObject({ ok: false, error: { code } });
  });
});
