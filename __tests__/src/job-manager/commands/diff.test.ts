import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { diff, guard, type DiffOptions } from "../../../../src/job-manager/commands/diff";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { jobRow, planText, resourceChange } from "../../../support/terraform-plans";
import { bench, personEnv } from "../../../support/work-on-branch";

const PRODUCTION = envFile({
  timezone: "Europe/Berlin",
  jobs: {
    "ad-spend": jobData({ schedule: { at: ["07:00"] } }),
    report: jobData({ schedule: { at: ["08:00"] }, expects: ["ad-spend"] }),
    alerts: jobData({ run_after: { job: "ad-spend" } }),
  },
});
const ROW = { id: 1, environment_id: 302 };
const CHANGES = [
  resourceChange(["update"], jobRow(ROW), jobRow({ ...ROW, schedule_cron: "0 7 * * *" }), {
    name: "ad-spend",
    previous_address: "dbtcloud_job.spend",
  }),
  resourceChange(["no-op"], jobRow(ROW), jobRow(ROW), { name: "report" }),
  resourceChange(["create"], null, jobRow({ id: undefined, environment_id: 302 }), { name: "alerts" }),
  resourceChange(["delete"], jobRow({ id: 8 }), null, { name: "old`job" }),
];
const ENV = { DBTCLOUD_ACCOUNT_ID: "5" };

function options(plan: string): Pick<DiffOptions, "project" | "environment" | "plan"> {
  const project = envFolder({ "environments/prod.yaml": PRODUCTION, "plan.json": plan });
  return { project, environment: "prod", plan: `${project}/plan.json` };
}

function run(flags: Partial<DiffOptions> = {}, changes = CHANGES): CommandResult {
  const all = { markdown: false, exitCode: false, ...options(planText(changes)), ...flags };
  return diff(all, { env: ENV, now: new Date("2026-11-29T00:00Z"), colors: false });
}

describe("diff", () => {
  it("has what is lost first, and a changed schedule in both clocks with the jobs that expect it", () => {
    expect(run().text.split("\n")).toEqual([
      "  - old`job  job 8; its id and its run history are lost",
      "  + alerts  after ad-spend (success), 1 step",
      "  ~ ad-spend  job 1; moved from spend, keeps its id and history",
      "      schedule: At 06:00 → At 07:00",
      "      next run: 2026-11-29 06:00 UTC, Sun 07:00 Europe/Berlin → 2026-11-29 07:00 UTC, Sun 08:00 Europe/Berlin",
      "      expected by: report (At 08:00), alerts (after ad-spend (success))",
      "Plan of production: 1 to delete, 1 to create, 1 to update, 1 unchanged, 1 moved.",
      "",
      "The guard refuses this plan:",
      "  the plan deletes the job old`job (job 8): its id and its run history are lost",
      "    fix: keep it in the env file of production; a job with a new key needs moved_from; to delete it, run the pipeline with ALLOW_DESTROY=old`job",
    ]);
  });

  it("shows the time after a change of the clock", () => {
    const all = { markdown: false, exitCode: false, ...options(planText(CHANGES)) };
    const { text } = diff(all, { env: ENV, now: new Date("2026-07-01T00:00Z"), colors: false });
    expect(text).toContain("2026-07-01 06:00 UTC, Wed 08:00 Europe/Berlin");
  });

  it("is Markdown that no name can break", () => {
    const { text } = run({ markdown: true });
    expect(text).toContain("- **delete** `` old`job ``: job 8; its id and its run history are lost");
    expect(text).toContain("the plan deletes the job old\\`job");
  });

  it("ends with exit code 2 for changes only on request", () => {
    expect(run().exitCode).toBe(0);
    expect(run({ exitCode: true }).exitCode).toBe(2);
    const same = ["ad-spend", "report", "alerts"].map((name) =>
      resourceChange(["no-op"], jobRow(), jobRow(), { name }),
    );
    expect(run({ exitCode: true }, same)).toMatchObject({
      exitCode: 0,
      text: "Plan of production: 0 to delete, 0 to create, 0 to update, 3 unchanged.",
    });
  });

  it("counts a job that is only adopted or moved as a change", () => {
    const others = ["report", "alerts"].map((name) => resourceChange(["no-op"], jobRow(), jobRow(), { name }));
    for (const rest of [{ importing: { id: "1" } }, { previous_address: "dbtcloud_job.spend" }]) {
      const job = resourceChange(["no-op"], jobRow(), jobRow(), { name: "ad-spend", ...rest });
      expect(run({ exitCode: true }, [job, ...others]).exitCode).toBe(2);
    }
  });

  it("names the command for an environment that Terraform does not apply, and the environments that exist", () => {
    expect(() => run({ environment: "staging" })).toThrow(
      "there is no environment staging that Terraform applies\nenvironments: production",
    );
  });

  it("asks for a plan when there is none", () => {
    expect(() => run({ plan: undefined })).toThrow(/^run `npx cdktf diff production` first: there is no plan in /);
    expect(() => run({ plan: "nowhere.json" })).toThrow(/^--plan nowhere.json cannot be read: /);
  });
});

describe("guard", () => {
  let cloud: ListeningCloud;
  beforeEach(async () => {
    cloud = await openCloud();
  });
  afterEach(() => cloud.close());

  function guarded(changes = CHANGES, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return guard(options(planText(changes, {}, cloud.world.accountId)), bench({ ...personEnv(cloud), ...env }));
  }

  it("fails with the whole plan and all reasons", async () => {
    await expect(guarded()).rejects.toThrow(/The guard refuses this plan:\n {2}the plan deletes/);
  });

  it("lets the plan pass when ALLOW_DESTROY names the job", async () => {
    expect(await guarded(CHANGES, { ALLOW_DESTROY: "old`job" })).toMatchObject({
      exitCode: 0,
      json: { refusals: [] },
    });
  });

  it("refuses to create a job that dbt Cloud already has, and says how to adopt it", async () => {
    const { id } = addJob(cloud.world, { name: "marketing-team-alerts-production", environment_id: 302 });
    const second = addJob(cloud.world, { name: "marketing-team-alerts-production", environment_id: 302 });
    addJob(cloud.world, { name: "marketing-team-alerts-production", environment_id: 202 });
    await expect(guarded(CHANGES.slice(0, 3))).rejects.toThrow(
      `the plan creates the job alerts, and dbt Cloud has a job with its name (job ${id}), which the state does not have\n` +
        `    fix: add adopt_job_id: ${id} to the job in the env file, or delete job ${id} in dbt Cloud\n` +
        `  dbt Cloud has a second job with the name of alerts (job ${second.id}), which the state does not have\n` +
        `    fix: delete job ${second.id} in dbt Cloud`,
    );
    jobsOf(cloud.world).put({ ...second, state: 2 });
    const found = jobRow({ id, environment_id: 302 });
    const adopted = resourceChange(["update"], found, found, { name: "alerts", importing: { id: String(id) } });
    expect(await guarded([...CHANGES.slice(0, 2), adopted])).toMatchObject({ exitCode: 0 });
  });

  it("refuses every plan while dbt Cloud has a second job with the name of one of its jobs", async () => {
    const name = "marketing-team-report-production";
    const [{ id }, second] = [
      addJob(cloud.world, { name, environment_id: 302 }),
      addJob(cloud.world, { name, environment_id: 302 }),
    ];
    const found = jobRow({ id, environment_id: 302 });
    const report = resourceChange(["no-op"], found, found, { name: "report" });
    await expect(guarded([CHANGES[0]!, report, CHANGES[2]!])).rejects.toThrow(
      `dbt Cloud has a second job with the name of report (job ${second.id}), which the state does not have\n` +
        `    fix: delete job ${second.id} in dbt Cloud`,
    );
  });

  it("names the jobs that have no run to defer to yet, and lets the plan pass", async () => {
    const source = addJob(cloud.world, { name: "marketing-team-ad-spend-production", environment_id: 302 });
    const found = jobRow({ id: source.id, environment_id: 302 });
    const file = envFile({
      jobs: {
        "ad-spend": jobData(),
        report: jobData({ defer_to: { job: "ad-spend" } }),
        alerts: jobData({ defer_to: { job: "report" } }),
      },
    });
    const row = jobRow({ ...ROW, id: undefined });
    const plan = planText(
      [
        resourceChange(["no-op"], found, found, { name: "ad-spend" }),
        resourceChange(["create"], null, row, { name: "report" }),
        resourceChange(["create"], null, row, { name: "alerts" }),
      ],
      {},
      cloud.world.accountId,
    );
    const project = envFolder({ "environments/prod.yaml": file, "plan.json": plan });
    const check = (): Promise<CommandResult> =>
      guard({ project, environment: "prod", plan: `${project}/plan.json` }, bench(personEnv(cloud)));
    const alerts =
      "alerts defers to report, which has not succeeded yet, so alerts would fail: " +
      "`dbt-job-manager run alerts --bootstrap --config environments/prod.yaml` runs both in order.";
    const report = alerts.replaceAll("report", "ad-spend").replaceAll("alerts", "report");
    const before = await check();
    expect(before).toMatchObject({ exitCode: 0, json: { notes: [report, alerts] } });
    expect(before.text.split("\n").slice(-2)).toEqual([report, alerts]);
    addRunOf(cloud.world, source.id, { status: 10 });
    expect(await check()).toMatchObject({ json: { notes: [alerts] } });
  });

  it("needs the token of dbt Cloud", async () => {
    await expect(guarded(CHANGES.slice(0, 3), { DBTCLOUD_TOKEN: "" })).rejects.toThrow("DBTCLOUD_TOKEN: it is not set");
  });
});
