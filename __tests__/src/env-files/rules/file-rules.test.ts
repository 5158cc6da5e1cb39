import { fileRules } from "../../../../src/env-files/rules/file-rules";
import { jobData, managedEnvironment, managedProject } from "../../../support/env-file";
import { ruleTests } from "../../../support/rule-findings";

const API = { applied_by: "api", git_branch: undefined };

const { rule, asked } = ruleTests(fileRules);

rule("a file that Terraform applies names its branch", (found) => {
  it("accepts a file with its branch, and a file for the API without one", () => {
    expect(found({}, API)).toEqual([]);
  });

  it("requires the branch", () => {
    expect(found({ git_branch: undefined })).toEqual([
      {
        file: "1.yaml",
        path: ["git_branch"],
        at: "key",
        reason: "`git_branch` is missing",
        allowed: "the branch whose merges apply this file",
        fix: "add for example `git_branch: main`",
      },
    ]);
  });

  it("refuses a branch of a file that the API applies", () => {
    expect(found({ applied_by: "api" })).toEqual([
      {
        file: "1.yaml",
        path: ["git_branch"],
        at: "key",
        got: "production",
        reason: "a file applied by the API belongs to no branch: feature branches share it",
        allowed: "`git_branch` with `applied_by: terraform`",
        fix: "remove `git_branch`",
      },
    ]);
  });
});

rule("a file has jobs", (found) => {
  it("accepts a file with a job", () => {
    expect(found({})).toEqual([]);
  });

  it.each([{}, undefined, null])("refuses jobs: %p", (jobs) => {
    expect(found({ jobs })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs"],
        reason: "the file declares no job",
        allowed: "at least one job",
        fix: "add a job, or remove the file; an empty file would remove all jobs of the environment",
      },
    ]);
  });
});

rule("the API manages jobs only", (found) => {
  it("accepts references, and managed objects in a file for Terraform", () => {
    expect(found(API, { ...managedProject(), ...managedEnvironment() })).toEqual([]);
  });

  it("refuses a managed project and a managed environment", () => {
    expect(found({ ...API, ...managedProject(), ...managedEnvironment() })).toEqual([
      {
        file: "1.yaml",
        path: ["project"],
        reason: "a file applied by the API cannot manage the project",
        allowed: "`{ id: NUMBER }`",
        fix: "refer to the project by id, or set `applied_by: terraform`",
      },
      {
        file: "1.yaml",
        path: ["environment"],
        reason: "a file applied by the API cannot manage the environment",
        allowed: "`{ id: NUMBER }`",
        fix: "refer to the environment by id, or set `applied_by: terraform`",
      },
    ]);
  });
});

rule("only Terraform moves and adopts", (found) => {
  const jobs = { a: jobData({ moved_from: "former" }), b: jobData({ adopt_job_id: 17 }) };

  it("accepts files for Terraform", () => {
    expect(found({ jobs })).toEqual([]);
  });

  it("refuses both keys in a file that the API applies", () => {
    expect(found({ ...API, jobs })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "a", "moved_from"],
        at: "key",
        got: "former",
        reason: "`moved_from` is for Terraform, and the API applies this file",
        allowed: "`moved_from` in a file with `applied_by: terraform`",
        fix: "remove `moved_from`",
      },
      {
        file: "1.yaml",
        path: ["jobs", "b", "adopt_job_id"],
        at: "key",
        got: 17,
        reason: "`adopt_job_id` is for Terraform, and the API applies this file",
        allowed: "`adopt_job_id` in a file with `applied_by: terraform`",
        fix: "remove `adopt_job_id`",
      },
    ]);
  });
});

rule("a managed project has a managed environment", (found) => {
  it("accepts both by reference, both managed, and only the environment managed", () => {
    expect(found({}, { ...managedProject(), ...managedEnvironment() }, managedEnvironment())).toEqual([]);
  });

  it("refuses a reference to an environment of a project that does not exist yet", () => {
    expect(found(managedProject())).toEqual([
      {
        file: "1.yaml",
        path: ["environment"],
        reason: "a project that does not exist yet has no environment to refer to",
        allowed: "`environment: { managed: … }` beside a managed project",
        fix: "manage the environment as well, or refer to the project by id",
      },
    ]);
  });
});

rule("a managed environment has one connection", (found) => {
  it("accepts the connection of the managed project, and an existing one", () => {
    const own = managedEnvironment({ connection: { id: 5 } });
    expect(found({}, { ...managedProject(), ...managedEnvironment() }, own)).toEqual([]);
  });

  it("refuses two", () => {
    expect(found({ ...managedProject(), ...managedEnvironment({ connection: { id: 5 } }) })).toEqual([
      {
        file: "1.yaml",
        path: ["environment", "managed", "connection"],
        at: "key",
        reason: "the managed project already makes the connection",
        allowed: "the connection of `project.managed`",
        fix: "remove this `connection`",
      },
    ]);
  });

  it("refuses none", () => {
    expect(found(managedEnvironment())).toEqual([
      {
        file: "1.yaml",
        path: ["environment", "managed", "connection"],
        at: "key",
        reason: "`connection` is missing",
        allowed: "`{ id: NUMBER }` of an existing connection",
        fix: "add `connection: { id: NUMBER }`",
      },
    ]);
  });
});

rule("extended attributes survive the provider", (found) => {
  it("accepts values without spaces", () => {
    expect(found({}, managedEnvironment({ extended_attributes: { sslmode: "require", retries: [1, 2] } }))).toEqual([]);
  });

  it("refuses spaces at any depth, and does not show the value", () => {
    expect(found(managedEnvironment({ extended_attributes: { a: "b", options: { search: ["x y"] } } }))).toEqual([
      {
        file: "1.yaml",
        path: ["environment", "managed", "extended_attributes", "options"],
        reason: "provider 1.12.5 removes spaces when it updates extended attributes",
        allowed: "keys and values without spaces",
        fix: "choose a value without spaces",
      },
    ]);
  });
});

rule("clone strategies have their number", (found) => {
  it("accepts a deploy key, and the other strategies with their number", () => {
    expect(
      found(
        {},
        managedProject(),
        managedProject({ git_clone_strategy: "deploy_token", gitlab_project_id: 1 }),
        managedProject({ git_clone_strategy: "github_app", github_installation_id: 1 }),
        managedProject({ git_clone_strategy: "git_token" }),
      ),
    ).toEqual([]);
  });

  it.each([
    ["deploy_token", "gitlab_project_id"],
    ["github_app", "github_installation_id"],
  ])("requires the number of %s", (git_clone_strategy, key) => {
    expect(found(managedProject({ git_clone_strategy }))).toEqual([
      {
        file: "1.yaml",
        path: ["project", "managed", "repository", key],
        at: "key",
        reason: `\`git_clone_strategy: ${git_clone_strategy}\` needs \`${key}\``,
        allowed: "the number that the git host shows",
        fix: `add \`${key}\`, or use deploy_key`,
      },
    ]);
  });
});

it("every rule about files is tested here", () => {
  expect([...asked]).toEqual(fileRules.map(({ name }) => name));
});
