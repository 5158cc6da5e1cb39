import { dirname, join } from "node:path";
import { fakeDbtProject } from "../../../support/fake-dbt";
import { jobData } from "../../../support/env-file";
import { startJobManager } from "../../../support/job-manager-process";
import { startLocalCloud, type LocalCloudProcess } from "../../../support/local-cloud-process";
import type { ProgramRun } from "../../../support/run-program";
import { devFile } from "../../../support/work-on-branch";

const JOBS = {
  good: jobData({ schedule: { at: ["05:00"] }, execute_steps: ["dbt build --select tag:good", "dbt test"] }),
  broken: jobData({
    schedule: { at: ["06:00"] },
    expects: ["good"],
    execute_steps: ["dbt build --select tag:broken", "dbt test --select tag:good"],
  }),
};

let cloud: LocalCloudProcess;
let file: string;
beforeAll(async () => {
  cloud = await startLocalCloud(fakeDbtProject());
  file = devFile(JOBS);
});
afterAll(() => cloud.stop());

const run = (args: readonly string[], config = file): Promise<ProgramRun> =>
  startJobManager([...args, "--config", config], {
    DBTCLOUD_HOST_URL: cloud.url,
    DBTCLOUD_ACCOUNT_ID: "12345",
    DBTCLOUD_TOKEN: cloud.token,
    CI_COMMIT_REF_NAME: "feature/x",
    GITLAB_USER_LOGIN: "jennifer",
  }).ended;

interface RunRow {
  readonly id: number;
  readonly status: number;
  readonly git_branch: string | null;
  readonly dbt_version: string;
  readonly trigger: { readonly cause: string; readonly git_branch: string; readonly schema_override: string };
}

const runs = (): Promise<RunRow[]> =>
  cloud.send("GET", "v2/runs/?order_by=-id&include_related=trigger") as Promise<RunRow[]>;
const resultIn = ({ stdout }: Pick<ProgramRun, "stdout">): unknown =>
  (JSON.parse(stdout) as { result: unknown }).result;
const withoutUrls = (text: string): string[] =>
  text
    .replaceAll(/http:\S+/g, "LINK")
    .trimEnd()
    .split("\n");

describe("a branch's jobs", () => {
  /** Each test continues after the test before it. */
  beforeAll(async () => {
    expect((await run(["deploy"])).exitCode).toBe(0);
  });

  it("are followed step by step on the branch and in its schema, up to the first that fails", async () => {
    const { exitCode, stdout, stderr } = await run(["run", "good", "broken", "good", "--wait"]);
    const lines = withoutUrls(stderr);
    expect(lines.filter((line) => line.startsWith("good: "))).toEqual([
      "good: run 1 started  LINK",
      "good: step 1 of 5  Success  Clone git repository",
      "good: step 2 of 5  Success  Create profile from connection DuckDB",
      "good: step 3 of 5  Success  Invoke dbt with `dbt deps`",
      "good: step 4 of 5  Success  Invoke dbt with `dbt build --select tag:good`",
      "good: step 5 of 5  Success  Invoke dbt with `dbt test`",
      expect.stringMatching(/^good: Success in \d\d:\d\d:\d\d$/),
      "good: Success  LINK",
      "good: not started, because a job before it failed",
    ]);
    expect(lines).toContain("broken: step 4 of 5  Error  Invoke dbt with `dbt build --select tag:broken`");
    expect(lines).toContain("broken: failed  test.shop.not_null_orders_id  Got 3 results, configured to fail if != 0");
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(await runs()).toMatchObject(
      Array.from({ length: 2 }, () => ({
        git_branch: "feature/x",
        trigger: { git_branch: "feature/x", schema_override: "marketing_feature_x_jennifer" },
      })),
    );
  });

  it("are shown with their failures", async () => {
    const { exitCode, stdout } = await run(["status"]);
    const lines = withoutUrls(stdout);
    expect([exitCode, ...lines]).toEqual([
      0,
      "broken failed in: Invoke dbt with `dbt build --select tag:broken`",
      "    test.shop.not_null_orders_id  Got 3 results, configured to fail if != 0",
      "    rows     dbt show --select not_null_orders_id",
      expect.stringMatching(
        /^ {4}since {4}run 2 of \S+ \S+ UTC on commit [0-9a-f]{8}, the first failure; no earlier run/,
      ),
      "    before   1 of 1 run failed",
      "    retry    dbt-job-manager run broken --retry --wait",
      "    log      dbt-job-manager logs broken --step 4",
      "    run      LINK",
      "",
      expect.stringMatching(/^KEY +LAST RUN +ENDED \(UTC\) +TOOK +EXPECTS +LINK$/),
      expect.stringMatching(/^good +Success +\S+ \S+ +\S+ +– +LINK$/),
      expect.stringMatching(/^broken +Error +\S+ \S+ +\S+ +good: Success +LINK$/),
      "",
      "2 jobs: 1 failed in the last run",
    ]);
    expect(resultIn(await run(["status", "broken", "--json"]))).toMatchObject([
      { key: "broken", last_run: { is_failure: true, failed: [{ status: "fail" }] } },
    ]);
  });

  it("have their log printed, complete or of one step", async () => {
    const { exitCode, stdout } = await run(["logs", "broken", "--step", "4"]);
    expect([exitCode, withoutUrls(stdout)]).toEqual([
      0,
      [
        "Step 4 of 5: Invoke dbt with `dbt build --select tag:broken`",
        "  dbt build --select tag:broken into marketing_feature_x_jennifer",
        "  dbt build failed with exit code 1",
        "broken: run 2, Error  LINK",
      ],
    ]);
    const followed = await run(["logs", "good", "--follow"]);
    expect(withoutUrls(followed.stdout)).toContain("Step 5 of 5: Invoke dbt with `dbt test`");
    expect(resultIn(await run(["logs", "good", "--json"]))).toMatchObject({ key: "good", run_id: 1 });
  });

  it("are retried from the point of failure, also with JSON", async () => {
    const { exitCode, stdout, stderr } = await run(["run", "broken", "--wait", "--retry", "--json"]);
    expect([exitCode, resultIn({ stdout })]).toMatchObject([0, [{ key: "broken", status: "Success", failed: [] }]]);
    expect(stderr).toContain("Invoke dbt with `dbt retry`");
    expect(stderr).not.toContain("tag:broken");
  });

  it("are started without waiting", async () => {
    const { exitCode, stdout } = await run(["run", "good"]);
    expect([exitCode, withoutUrls(stdout)]).toEqual([
      0,
      [expect.stringMatching(/^good: (?:Queued|Starting|Running) {2}LINK$/)],
    ]);
    // The run must end before the next test starts.
    while ((await runs()).some(({ status }) => status < 10));
  });

  it("run once with another dbt version", async () => {
    const { exitCode, stdout, stderr } = await run(["run", "good", "--dbt-version", "compatible", "--wait", "--json"]);
    expect([exitCode, resultIn({ stdout })]).toMatchObject([
      0,
      [{ key: "good", status: "Success", dbt_version: "compatible" }],
    ]);
    expect(withoutUrls(stderr)[0]).toMatch(/^good: run \d+ started with dbt compatible {2}LINK$/);
    const [last, before] = await runs();
    expect([last!.dbt_version, before!.dbt_version]).toEqual(["compatible", "latest"]);
  });

  it("are deleted with their schema, which the last job drops", async () => {
    const refused = await run(["cleanup", "--branch", "feature/x"]);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("Add --yes to delete")]);
    const { exitCode, stdout } = await run(["cleanup", "--branch", "feature/x", "--yes"]);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("and schema marketing_feature_x_jennifer\n")]);
    expect(stdout).toContain("2 deleted, 0 failed, 0 kept because a run is in progress.");
    const [last] = await runs();
    const { run_steps: steps } = (await cloud.send("GET", `v2/runs/${last!.id}/?include_related=run_steps`)) as {
      run_steps: { name: string; logs: string }[];
    };
    expect(steps.at(-1)).toMatchObject({
      name: "Invoke dbt with `dbt run-operation drop_branch_schema --args '{schema: marketing_feature_x_jennifer}'`",
      logs: expect.stringContaining(
        "dbt run-operation drop_branch_schema --args {schema: marketing_feature_x_jennifer} into marketing_feature_x_jennifer",
      ) as string,
    });
    expect(resultIn(await run(["list", "--json"]))).toEqual([]);
  });
});

describe("production's jobs", () => {
  it("are found by name, shown and run, and never changed", async () => {
    const job = { project_id: 102, environment_id: 302, execute_steps: ["dbt build --select tag:broken"] };
    const { id } = (await cloud.send("POST", "v2/jobs/", {
      ...job,
      name: "marketing-team-attribution-production",
    })) as {
      id: number;
    };
    const before = JSON.stringify(await cloud.send("GET", `v2/jobs/${id}/`));
    const config = join(dirname(file), "prod.yaml");
    const ran = await run(["run", "attribution", "--wait"], config);
    expect(ran.exitCode).toBe(1);
    const shown = await run(["status"], config);
    expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining("test.shop.not_null_orders_id")]);
    const [last] = await runs();
    expect(last!.trigger).toMatchObject({ git_branch: null, schema_override: null });
    expect(JSON.stringify(await cloud.send("GET", `v2/jobs/${id}/`))).toBe(before);
  });
});
