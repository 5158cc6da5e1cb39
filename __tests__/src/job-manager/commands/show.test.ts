import { ConfigurationError } from "../../../../src/env-files/problem";
import { show } from "../../../../src/job-manager/commands/show";
import { envFile, envFileWithJob, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";

const NOW = new Date("2024-02-28T17:45:00Z");
const DEPENDENCIES = { env: {}, now: NOW, colors: false };

const JOBS = {
  "ad-platform-sync": jobData({
    schedule: { at: ["06:00", "18:00"] },
    execute_steps: ["dbt source freshness --select tag:ad_platforms", "dbt build --select tag:ad_platforms"],
  }),
  attribution: jobData({ run_after: { job: "ad-platform-sync" }, category: "campaign" }),
  "month-end": jobData({ schedule: { cron: "0 5 L * *" } }),
  paused: jobData({ schedule: { every_hours: 6 }, paused: true }),
  "merge-requests": jobData({ triggers: { git_provider_webhook: true } }),
  validation: jobData({ execute_steps: [`dbt build --select ${"tag:a_long_name ".repeat(8).trim()}`] }),
};

const file = envFile({ jobs: JOBS });

describe("show", () => {
  it("shows the complete key, schedule in words, next runs and steps", () => {
    const { exitCode, text } = show({ files: [envFolder({ "a.yaml": file })], next: 3 }, DEPENDENCIES);
    expect(exitCode).toBe(0);
    expect(text).toBe(
      [
        "production: 6 jobs, applied by terraform from branch production",
        "KEY               SCHEDULE (UTC)                          NEXT RUNS (UTC)   STEPS",
        "ad-platform-sync  At 06:00 and 18:00                      2024-02-28 18:00  dbt source freshness --select tag:ad_platforms",
        "                                                          2024-02-29 06:00  dbt build --select tag:ad_platforms",
        "                                                          2024-02-29 18:00",
        "attribution       after ad-platform-sync (success)        –                 dbt build",
        "month-end         At 05:00, on the last day of the month  2024-02-29 05:00  dbt build",
        "                                                          2024-03-31 05:00",
        "                                                          2024-04-30 05:00",
        "paused            On the hour, every 6 hours (paused)     –                 dbt build",
        "merge-requests    on git events                           –                 dbt build",
        "validation        on demand                               –                 dbt build --select tag:a_long_name tag:a_long_name tag:a_long_name tag:a_long_name tag:a_long_name tag:a_long_name tag:a_long_name tag:a_long_name",
      ].join("\n"),
    );
  });

  it("shows the same as JSON", () => {
    const { json } = show({ files: [envFolder({ "a.yaml": file })], next: 1 }, DEPENDENCIES);
    expect(json).toMatchObject([
      {
        name: "production",
        applied_by: "terraform",
        git_branch: "production",
        jobs: [
          {
            key: "ad-platform-sync",
            category: "attribution",
            owner: "marketing-data-engineering",
            schedule: "At 06:00 and 18:00",
            cron: "0 6,18 * * *",
            next_runs: ["2024-02-28T18:00:00.000Z"],
            expects: [],
            execute_steps: ["dbt source freshness --select tag:ad_platforms", "dbt build --select tag:ad_platforms"],
          },
          { key: "attribution", cron: null, next_runs: [], schedule: "after ad-platform-sync (success)" },
          { key: "month-end", cron: "0 5 L * *", next_runs: ["2024-02-29T05:00:00.000Z"] },
          { key: "paused", cron: "0 */6 * * *", next_runs: [] },
          { key: "merge-requests", cron: null },
          { key: "validation", cron: null },
        ],
      },
    ]);
  });

  it("shows the team's time zone in addition to UTC", () => {
    const local = envFile({ timezone: "Asia/Kolkata", jobs: { a: jobData({ schedule: { at: ["21:00"] } }) } });
    const { text } = show({ files: [envFolder({ "a.yaml": local })], next: 2 }, DEPENDENCIES);
    expect(text).toBe(
      [
        "production: 1 job, applied by terraform from branch production",
        "KEY  SCHEDULE (UTC)  NEXT RUNS (UTC, Asia/Kolkata)  STEPS",
        "a    At 21:00        2024-02-28 21:00, Thu 02:30    dbt build",
        "                     2024-02-29 21:00, Fri 02:30",
      ].join("\n"),
    );
  });

  it("shows several environments in the order of their files, and one without a branch", () => {
    const branches = { name: "development", applied_by: "api", git_branch: undefined, environment: { id: 999 } };
    const api = envFile(branches);
    const { text, json } = show({ files: [envFolder({ "2.yaml": file, "1.yaml": api })], next: 1 }, DEPENDENCIES);
    expect(text.split("\n\n").map((part) => part.split("\n")[0])).toEqual([
      "development: 1 job, applied by api",
      "production: 6 jobs, applied by terraform from branch production",
    ]);
    expect(json).toMatchObject([{ name: "development", git_branch: null }, { name: "production" }]);
  });

  it("highlights headings only on request", () => {
    const files = [envFolder({ "a.yaml": file })];
    expect(show({ files, next: 1 }, DEPENDENCIES).text).not.toContain("\u001b");
    expect(show({ files, next: 1 }, { ...DEPENDENCIES, colors: true }).text).toContain("\u001b[1mKEY");
  });

  it("does not use the clock of the machine", () => {
    const files = [envFolder({ "a.yaml": file })];
    const first = show({ files, next: 5 }, DEPENDENCIES);
    expect(show({ files, next: 5 }, DEPENDENCIES)).toEqual(first);
    expect(show({ files, next: 5 }, { ...DEPENDENCIES, now: new Date("2031-01-01T00:00:00Z") })).not.toEqual(first);
  });

  it("throws problems as `validate` does", () => {
    const files = [envFolder({ "a.yaml": envFileWithJob({ schedule: "every day" }) })];
    expect(() => show({ files, next: 1 }, DEPENDENCIES)).toThrow(ConfigurationError);
    expect(() => show({ files, next: 1 }, DEPENDENCIES)).toThrow(/a\.yaml:16:15 {2}jobs\.attribution\.schedule: /);
  });
});
