import { join } from "node:path";
import { ConfigurationError } from "../../../../src/env-files/problem";
import type { ProcessEnvironment } from "../../../../src/env-files/process-environment";
import { validate } from "../../../../src/job-manager/commands/validate";
import { envFile, envFileWithJob, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";

const DEPENDENCIES = { env: {}, now: new Date("2024-01-01T00:00:00Z"), colors: false };
const staging = envFile({ name: "staging", git_branch: "main", environment: { id: 202 } });
const development = envFile({
  name: "development",
  applied_by: "api",
  git_branch: undefined,
  environment: { id: 999 },
  jobs: { "ad-platform-sync": jobData(), attribution: jobData() },
});

describe("validate", () => {
  it("counts valid jobs", () => {
    const folder = envFolder({ "a.yaml": envFile(), "b.yml": staging, "c.yaml": development, "notes.txt": "no YAML" });
    expect(validate({ files: [folder] }, DEPENDENCIES)).toEqual({
      exitCode: 0,
      text: [
        "production: 1 job, applied by terraform",
        "staging: 1 job, applied by terraform",
        "development: 2 jobs, applied by api",
        "4 jobs in 3 environments: no problems",
      ].join("\n"),
      json: {
        valid: true,
        problems: [],
        environments: [
          { name: "production", applied_by: "terraform", jobs: ["attribution"] },
          { name: "staging", applied_by: "terraform", jobs: ["attribution"] },
          { name: "development", applied_by: "api", jobs: ["ad-platform-sync", "attribution"] },
        ],
      },
    });
  });

  it("checks files together, and throws all their problems at once", () => {
    const folder = envFolder({ "a.yaml": envFileWithJob({ threads: -4 }), "b.yaml": envFileWithJob({ owner: "" }) });
    const [a, b] = [join(folder, "a.yaml"), join(folder, "b.yaml")];
    const report = [
      `${a}:16:14  jobs.attribution.threads: too small`,
      "  got:     -4",
      "  allowed: a whole number from 1 to 64",
      "  fix:     for example `threads: 4`",
      "",
      `${b}:1:7  name: ${a} already declares this environment name, so its jobs would be declared twice`,
      '  got:     "production"',
      "  allowed: each environment name in one file",
      "  fix:     change it here, or put the jobs into one file",
      "",
      `${b}:8:7  environment.id: ${a} already declares this deployment environment, so its jobs would be declared twice`,
      "  got:     302",
      "  allowed: each deployment environment in one file",
      "  fix:     change it here, or put the jobs into one file",
      "",
      `${b}:13:12  jobs.attribution.owner: too short`,
      '  got:     ""',
      "  allowed: text that is not empty",
      "  fix:     for example `owner: marketing-data-engineering`",
      "",
      "4 problems in 2 files",
    ].join("\n");
    expect(errorOf([a, b]).message).toBe(report);
  });

  it("throws the problems of environment variables", () => {
    const { message } = errorOf([envFolder({ "a.yaml": envFile() })], { PROJECT_ID: "many" });
    expect(message.split("\n")[0]).toBe("environment  PROJECT_ID: PROJECT_ID is not an id");
  });

  it("compares Terraform's files with the environment variables", () => {
    const folder = envFolder({ "a.yaml": envFile(), "c.yaml": development });
    const env = { PROJECT_ID: "103", TEAM_NAME: "growth-team", ENVIRONMENT_ID: "999" };
    expect(errorOf([folder], env).problems.map(({ path, got }) => `${path} ${got}`)).toEqual([
      'team "marketing-team"',
      "project.id 102",
    ]);
  });
});

function errorOf(files: readonly string[], env: ProcessEnvironment = {}): ConfigurationError {
  try {
    validate({ files }, { ...DEPENDENCIES, env });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the files are good");
}
