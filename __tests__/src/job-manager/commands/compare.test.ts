import { compare } from "../../../../src/job-manager/commands/compare";
import { CommandError, type CommandResult } from "../../../../src/job-manager/commands/command";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";

const staging = envFile({
  name: "staging",
  git_branch: "main",
  environment: { id: 202 },
  jobs: {
    attribution: jobData({ schedule: { at: ["05:00"] }, execute_steps: ["dbt build", "dbt test"] }),
    same: jobData(),
    trial: jobData({ schedule: { every_hours: 6 } }),
  },
});
const production = envFile({
  jobs: {
    attribution: jobData({ schedule: { at: ["06:00"] }, execute_steps: ["dbt build --select tag:core"], threads: 8 }),
    same: jobData(),
    ltv: jobData(),
  },
});

function run(left: string, right: string): CommandResult {
  const files = [envFolder({ "prod.yaml": production, "staging.yaml": staging })];
  return compare({ files, left, right }, { env: {}, now: new Date(0), colors: false });
}

describe("two environments", () => {
  it("are compared job by job and field by field", () => {
    const { exitCode, text, json } = run("staging", "production");
    expect(text).toBe(
      [
        "Only in staging",
        "  trial  On the hour, every 6 hours",
        "",
        "Only in production",
        "  ltv  on demand",
        "",
        "Different, staging → production",
        "  attribution",
        "    execute_steps[0]: dbt build → dbt build --select tag:core",
        "    execute_steps[1]: dbt test → (none)",
        '    schedule: {"at":["05:00"]} → {"at":["06:00"]}',
        "    threads: 4 → 8",
        "",
        "2 jobs in both, 1 of them different; 1 only in staging, 1 only in production",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      left: "staging",
      right: "production",
      only_left: ["trial"],
      only_right: ["ltv"],
      different: [{ key: "attribution", differences: [{ field: "execute_steps[0]" }, {}, {}, {}] }],
    });
  });

  it("may be the same, and have short names", () => {
    expect(run("prod", "prod").text).toBe(
      "3 jobs in both, 0 of them different; 0 only in production, 0 only in production",
    );
  });

  it("must exist", () => {
    expect(() => run("stagin", "producton")).toThrow(
      new CommandError(64, [
        "there is no environment producton; did you mean production?",
        "environments: production, staging",
      ]),
    );
    expect(() => run("qa", "prod")).toThrow("there is no environment qa\nenvironments: production, staging");
  });
});
