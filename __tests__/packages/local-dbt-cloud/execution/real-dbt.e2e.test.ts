import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { V2, V3 } from "../../../support/local-dbt-cloud";
import { localRuns, type LocalRuns, type RunAnswer } from "../../../support/local-runs";
import { itIf } from "../../../support/requirement";

const ROOT = join(__dirname, "..", "..", "..", "..");
const BIN = join(ROOT, ".venv", "bin");
const itWithDbt = itIf(existsSync(join(BIN, "dbt")) ? undefined : "no .venv/bin/dbt: run `npm run python:setup`");

let repo: string;
let cloud: LocalRuns;
beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), "fixture-"));
  cpSync(join(ROOT, "packages", "local-dbt-cloud", "fixture"), repo, { recursive: true });
  const machine = { PATH: [BIN, process.env["PATH"]].join(delimiter), HOME: repo };
  cloud = localRuns(repo, { machine, patience: 5000 }, new Date());
});
afterEach(async () => {
  await cloud.close();
  rmSync(repo, { recursive: true });
});

async function runJob(steps: readonly string[], job: object): Promise<RunAnswer> {
  const id = await cloud.trigger(await cloud.addJob(steps, job));
  await cloud.queue.idle();
  return cloud.run(id);
}

const PROD = { environment_id: 302 };
const FRESHNESS = "dbt source freshness --select source:dbt_production";
const BUILD = "dbt build --select tag:staging tag:core tag:attribution";

describe("the real dbt", () => {
  itWithDbt("builds production's attribution, and another environment runs its tests on these tables", async () => {
    const built = await runJob([FRESHNESS, BUILD], PROD);
    expect(built).toMatchObject({ status: 10, status_message: null, has_sources_generated: true });
    const { text } = await cloud.send("GET", `${V2}/runs/${built.id}/artifacts/run_results.json`);
    const { results } = JSON.parse(text) as { results: { unique_id: string; status: string }[] };
    expect(results).toContainEqual(expect.objectContaining({ unique_id: "model.rehearsal.orders", status: "success" }));

    const validation = { deferring_environment_id: 302 };
    const tested = await runJob(["dbt test --select tag:attribution", "dbt build --select tag:none"], validation);
    expect(tested.run_steps[1]!.logs).toContain(`Deferring to run ${built.id} of environment 302`);
    expect(tested.run_steps[3]!.logs).toContain("PASS unique_marketing_attribution_channel");
    expect(tested).toMatchObject({
      status: 10,
      deferring_run_id: built.id,
      status_message: "Step 5 selected nothing: dbt build --select tag:none",
    });
  });

  itWithDbt("fails, shows the reason, and continues after the fix", async () => {
    const name = "DBT_ATTRIBUTION_WINDOW_DAYS";
    const variables = `${V3}/projects/102/environment-variables/bulk/`;
    await cloud.send("POST", variables, { env_var: { new_name: name, project: "thirty" } });
    const failed = await runJob([BUILD], PROD);
    expect(failed).toMatchObject({ status: 20, can_retry: true });
    expect(failed.run_steps[3]!.logs).toMatch(/Runtime Error in model marketing_attribution/);

    await cloud.send("DELETE", variables, { name });
    const { id } = await cloud.post(`runs/${failed.id}/retry/`);
    await cloud.queue.idle();
    const retried = await cloud.run(id);
    expect(retried.status).toBe(10);
    expect(retried.run_steps[3]!.logs).toContain("OK created sql table model marketing.marketing_attribution");
    expect(retried.run_steps[3]!.logs).not.toContain("model marketing.orders");
  });
});
