import { dirname, join } from "node:path";
import { EXIT } from "../../../src/job-manager/exit-codes";
import { checkKeys, jobsByKey, openBranchTarget, openTarget } from "../../../src/job-manager/target";
import { mark, record } from "../../support/branch-records";
import { bench, devFile, personEnv } from "../../support/work-on-branch";

const CLOUD = { url: "http://127.0.0.1:1" };
const person = (env: Record<string, string> = {}): ReturnType<typeof bench> => bench({ ...personEnv(CLOUD), ...env });

function errorOf(act: () => unknown): Error & { exitCode?: number } {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

describe("a target", () => {
  it("is an env file with its branch, and the other files of the folder", () => {
    const { environment, beside, branch, where } = openTarget(devFile(), person());
    expect([environment.name, beside.map(({ name }) => name)]).toEqual(["development", ["production"]]);
    expect(branch?.owner).toMatchObject({ ref: "feature/x", user: "jennifer" });
    expect(where).toEqual({ projectId: 102, environmentId: 999 });
  });

  it("can be changed by environment variables", () => {
    const env = { PROJECT_ID: "7", ENVIRONMENT_ID: "8", TEAM_NAME: "growth-team" };
    const { branch, where } = openTarget(devFile(), person(env));
    expect(where).toEqual({ projectId: 7, environmentId: 8 });
    expect(branch?.owner).toMatchObject({ team: "growth-team", project: 7, environment: 8 });
  });

  it("that Terraform applies has no branch", () => {
    const { environment, branch } = openTarget(
      join(dirname(devFile()), "prod.yaml"),
      person({ CI_COMMIT_REF_NAME: "" }),
    );
    expect([environment.name, branch]).toEqual(["production", undefined]);
  });

  it("reports everything that is missing together", () => {
    const { message } = errorOf(() => openTarget(devFile(), bench({})));
    const named = [...message.matchAll(/^environment {2}(\w+): it is not set/gm)].map(([, name]) => name);
    expect(named.slice(0, 3)).toEqual(["DBTCLOUD_ACCOUNT_ID", "DBTCLOUD_TOKEN", "CI_COMMIT_REF_NAME"]);
  });

  it("that is not valid, missing or a folder is an error", () => {
    expect(errorOf(() => openTarget(devFile({}), person())).message).toContain("the file declares no job");
    expect(errorOf(() => openTarget("/nowhere.yaml", person())).message).toContain("there is no such file or folder");
    const folder = dirname(devFile());
    expect(errorOf(() => openTarget(folder, person())).message).toContain("it is a folder of env files");
  });

  it("that Terraform applies is refused", () => {
    const file = join(dirname(devFile()), "prod.yaml");
    const error = errorOf(() => openBranchTarget(file, "deploy", person()));
    expect([error.exitCode, error.message]).toEqual([
      EXIT.usage,
      `Terraform applies ${file}, and deploy is only for branch jobs; \`dbt-job-manager status --config ${file}\` shows its jobs, \`npx cdktf deploy production\` changes them`,
    ]);
  });
});

describe("the jobs of a target", () => {
  it("are a branch's by their marks", () => {
    const target = openTarget(devFile(), person());
    const records = [
      record({ id: 1, name: "marketing-team-feature-x-jennifer-attribution" }),
      record({ id: 2, mark: mark() }),
      record({ id: 4, mark: mark({ key: "extract" }), name: "renamed" }),
    ];
    expect([...jobsByKey(target, records)].map(([key, { id }]) => [key, id])).toEqual([["attribution", 2]]);
  });

  it("are Terraform's by their exact names", () => {
    const target = openTarget(join(dirname(devFile()), "prod.yaml"), person());
    const records = [
      record({ id: 1, name: "marketing-team-attribution-production-2" }),
      record({ id: 2, name: "marketing-team-attribution-production" }),
      record({ id: 3, name: "marketing-team-attribution-staging" }),
    ];
    expect([...jobsByKey(target, records)].map(([key, { id }]) => [key, id])).toEqual([["attribution", 2]]);
  });
});

describe("keys that a person typed", () => {
  it("are all known, or each unknown key is reported with a suggestion", () => {
    expect(() => {
      checkKeys(["a", "b"], ["b", "a"], "dev.yaml");
    }).not.toThrow();
    const error = errorOf(() => {
      checkKeys(["atribution", "zzzzzzzz", "ltv"], ["attribution", "ltv"], "dev.yaml");
    });
    expect([error.exitCode, error.message]).toEqual([
      EXIT.usage,
      [
        "dev.yaml has no job with the key atribution; did you mean attribution?",
        "dev.yaml has no job with the key zzzzzzzz",
        "keys: attribution, ltv",
      ].join("\n"),
    ]);
    expect(
      errorOf(() => {
        checkKeys(["a"], [], "dev.yaml");
      }).message,
    ).toContain("keys: none");
  });
});
