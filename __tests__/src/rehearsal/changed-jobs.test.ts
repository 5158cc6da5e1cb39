import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnknownBaseError } from "../../../src/env-files/at-base";
import { changedJobs } from "../../../src/rehearsal/changed-jobs";
import { inRehearsalOrder } from "../../../src/rehearsal/rehearsal";
import { loadEnvironments } from "../../../src/env-files/load";
import { envFile, jobData, type Overrides } from "../../support/env-file";
import { gitRepository, type GitRepository } from "../../support/git-repository";

let work: GitRepository;
const DECLARED = { jobs: jobsWith({}) };

beforeEach(() => {
  work = gitRepository();
  mkdirSync(join(work.folder, "environments"));
  commit(DECLARED);
  work.git("checkout", "--quiet", "-b", "feature/x");
});

function jobsWith(attribution: Overrides): Overrides {
  return { attribution: jobData(attribution), campaigns: jobData() };
}

function write(overrides: Overrides): void {
  writeFileSync(join(work.folder, "environments", "prod.yaml"), envFile(overrides));
}

function commit(overrides: Overrides): void {
  write(overrides);
  work.git("add", ".");
  work.commit("env files");
}

function changed(base = "main"): string[] {
  const environments = loadEnvironments([join(work.folder, "environments")], {});
  return changedJobs(work.folder, base, inRehearsalOrder(environments, new Date())).map(({ key }) => key);
}

describe("the changed jobs", () => {
  it("are none when only the text of a file differs", () => {
    writeFileSync(join(work.folder, "environments", "prod.yaml"), `# A comment\n${envFile(DECLARED)}`);
    expect(changed()).toEqual([]);
  });

  it("are those with a changed field, in the working tree and in commits", () => {
    write({ jobs: jobsWith({ execute_steps: ["dbt build --select customers"] }) });
    expect(changed()).toEqual(["attribution"]);
    commit({ jobs: jobsWith({ timeout_seconds: 60 }) });
    expect(changed()).toEqual(["attribution"]);
  });

  it("are those that are new", () => {
    write({ jobs: { ...jobsWith({}), monthly: jobData() } });
    expect(changed()).toEqual(["monthly"]);
  });

  it("are all of an environment with another variable, but not of one with another notification", () => {
    write({ ...DECLARED, notifications: [{ on: ["failure"], user_id: 1, email: "a@example.com" }] });
    expect(changed()).toEqual([]);
    write({ ...DECLARED, environment_variables: { DBT_WINDOW: "7" } });
    expect(changed()).toEqual(["attribution", "campaigns"]);
  });

  it("do not include those that only the base has changed since", () => {
    work.git("checkout", "--quiet", "main");
    commit({ jobs: jobsWith({ timeout_seconds: 60 }) });
    work.git("checkout", "--quiet", "feature/x");
    expect(changed()).toEqual([]);
  });

  it("are all when the files of the base have problems", () => {
    work.git("checkout", "--quiet", "main");
    commit({ nonsense: true });
    work.git("checkout", "--quiet", "-b", "feature/y");
    write(DECLARED);
    expect(changed()).toEqual(["attribution", "campaigns"]);
  });

  it("need a base that git knows", () => {
    expect(() => changed("origin/nothing")).toThrow(UnknownBaseError);
    expect(() => changed("origin/nothing")).toThrow("git does not know origin/nothing");
  });
});
