import { diff, guard, type DiffOptions } from "../../../../src/job-manager/commands/diff";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { jobRow, planText, resourceChange } from "../../../support/terraform-plans";

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
  it("fails with the whole plan and all reasons", () => {
    const surroundings = { env: ENV, now: new Date(0), colors: false };
    expect(() => guard(options(planText(CHANGES)), surroundings)).toThrow(
      /The guard refuses this plan:\n {2}the plan deletes/,
    );
  });

  it("lets the plan pass when ALLOW_DESTROY names the job", () => {
    const surroundings = { env: { ...ENV, ALLOW_DESTROY: "old`job" }, now: new Date(0), colors: false };
    expect(guard(options(planText(CHANGES)), surroundings)).toMatchObject({ exitCode: 0, json: { refusals: [] } });
  });
});
