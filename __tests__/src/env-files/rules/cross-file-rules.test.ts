import { crossFileRules } from "../../../../src/env-files/rules/cross-file-rules";
import { jobData, managedEnvironment, managedProject, type Overrides } from "../../../support/env-file";
import { ruleTests } from "../../../support/rule-findings";

const API = { applied_by: "api", git_branch: undefined };

const { rule, asked } = ruleTests(crossFileRules);

rule("a recipient has one address and one user", (found) => {
  const email = { on: ["failure"], user_id: 1, email: "a@example.com" };

  it("accepts one address", () => {
    expect(found({ notifications: [email, { on: ["failure"], user_id: 2 }] })).toEqual([]);
  });

  it("refuses two", () => {
    expect(found({ notifications: [email, { ...email, slack_channel: { id: "C1", name: "#a" } }] })).toEqual([
      {
        file: "1.yaml",
        path: ["notifications", 1],
        reason: "a notification has one address",
        allowed: "`email` or `slack_channel`",
        fix: "write two notifications",
      },
    ]);
  });

  it("refuses an address of two users, also in two files and in a job", () => {
    const other = { ...email, user_id: 2 };
    const staging = { name: "staging", environment: { id: 202 }, notifications: [other] };
    expect(found({ notifications: [email] }, staging)).toEqual([
      {
        file: "2.yaml",
        path: ["notifications", 0, "user_id"],
        got: 2,
        reason:
          "1.yaml, notifications[0] says user 1 for the same address, and dbt Cloud keeps one notification for each address",
        allowed: "one user_id for each address, in all files",
        fix: "write user_id: 1, or change both",
      },
    ]);
    const jobs = { attribution: jobData({ notifications: [other] }) };
    expect(found({ notifications: [email], jobs })).toMatchObject([
      { path: ["jobs", "attribution", "notifications", 0, "user_id"], got: 2 },
    ]);
  });
});

rule("an environment is in one file", (found) => {
  const staging = { name: "staging", environment: { id: 202 } };

  it("accepts different environments, and files of the API that share one", () => {
    const shared = { ...API, environment: { id: 999 } };
    expect(found({}, staging, { ...shared, name: "a" }, { ...shared, name: "b" })).toEqual([]);
  });

  it("refuses the same name, which would declare the same jobs twice", () => {
    expect(found({}, staging, { environment: { id: 303 } })).toEqual([
      {
        file: "3.yaml",
        path: ["name"],
        got: "production",
        reason: "1.yaml already declares this environment name, so its jobs would be declared twice",
        allowed: "each environment name in one file",
        fix: "change it here, or put the jobs into one file",
      },
    ]);
  });

  it("refuses the same deployment environment in two files that Terraform applies", () => {
    expect(found({}, { name: "staging" })).toEqual([
      {
        file: "2.yaml",
        path: ["environment", "id"],
        got: 302,
        reason: "1.yaml already declares this deployment environment, so its jobs would be declared twice",
        allowed: "each deployment environment in one file",
        fix: "change it here, or put the jobs into one file",
      },
    ]);
  });
});

rule("branch jobs stay out of Terraform's environments", (found) => {
  it("accepts an environment of branches", () => {
    expect(found({}, { ...API, name: "development", environment: { id: 999 } })).toEqual([]);
  });

  it("refuses an environment that a file for Terraform declares", () => {
    expect(found({ ...API, name: "development" }, {})).toEqual([
      {
        file: "1.yaml",
        path: ["environment", "id"],
        got: 302,
        reason: "2.yaml declares this deployment environment, and its jobs are applied by Terraform",
        allowed: "the environment that feature branches share",
        fix: "change it here, or in the env var ENVIRONMENT_ID where that is set",
      },
    ]);
  });
});

rule("a managed project is declared once", (found) => {
  const managed = (name: string): Overrides => ({ name, ...managedProject(), ...managedEnvironment() });

  it("accepts one managed project", () => {
    expect(found(managed("production"), { name: "staging" })).toEqual([]);
  });

  it("refuses a second and a third", () => {
    expect(found({ name: "a" }, managed("b"), managed("c"), managed("d"))).toEqual(
      ["3.yaml", "4.yaml"].map((file) => ({
        file,
        path: ["project", "managed"],
        at: "key",
        reason: "2.yaml already manages the project, its repository and its connection",
        allowed: "a managed project in one file only",
        fix: "apply that file first and refer to the project here by `id`",
      })),
    );
  });
});

rule("job names fit and differ", (found) => {
  const longest = "k".repeat(255 - "marketing-team--production".length);

  it("accepts the longest name, and the same key in two environments", () => {
    expect(found({ jobs: { [longest]: jobData() } }, { name: "staging" })).toEqual([]);
  });

  it("ignores names in files of the API, because the branch is a part of these names", () => {
    expect(found({ ...API, jobs: { [`${longest}k`]: jobData() } })).toEqual([]);
  });

  it("refuses a name that is too long for dbt Cloud", () => {
    expect(found({ jobs: { [`${longest}k`]: jobData() } })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", `${longest}k`],
        at: "key",
        got: `marketing-team-${longest}k-production`,
        reason: "the job's name in dbt Cloud would have 256 characters",
        allowed: "at most 255 characters for <team>-<key>-<environment>",
        fix: "shorten the key",
      },
    ]);
  });

  it("refuses two keys that give the same name in dbt Cloud", () => {
    expect(
      found(
        { name: "production", jobs: { "daily-eu": jobData() } },
        { name: "eu-production", jobs: { daily: jobData(), weekly: jobData() } },
      ),
    ).toEqual([
      {
        file: "2.yaml",
        path: ["jobs", "daily"],
        at: "key",
        got: "marketing-team-daily-eu-production",
        reason: "1.yaml, jobs.daily-eu already has this name in dbt Cloud",
        allowed: "names <team>-<key>-<environment> that differ",
        fix: "rename one of the two keys",
      },
    ]);
  });
});

rule("a job is adopted and moved once", (found) => {
  it("accepts different jobs that are adopted and moved, and the same former key in two files", () => {
    expect(
      found(
        { jobs: { a: jobData({ adopt_job_id: 1 }), b: jobData({ moved_from: "former" }) } },
        { jobs: { a: jobData({ adopt_job_id: 2 }), b: jobData({ moved_from: "former" }) } },
      ),
    ).toEqual([]);
  });

  it("refuses to adopt a job twice, also from two files", () => {
    expect(
      found({ jobs: { a: jobData({ adopt_job_id: 17 }) } }, { jobs: { b: jobData({ adopt_job_id: 17 }) } }),
    ).toEqual([
      {
        file: "2.yaml",
        path: ["jobs", "b", "adopt_job_id"],
        got: 17,
        reason: "1.yaml, jobs.a already takes it",
        allowed: "each job once",
        fix: "keep it in one of the two",
      },
    ]);
  });

  it("refuses to move a job to two places", () => {
    expect(found({ jobs: { a: jobData({ moved_from: "x" }), b: jobData({ moved_from: "x" }) } })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "b", "moved_from"],
        got: "x",
        reason: "1.yaml, jobs.a already takes it",
        allowed: "each job once",
        fix: "keep it in one of the two",
      },
    ]);
  });

  it("refuses to move a job that still exists", () => {
    expect(found({ jobs: { a: jobData({ moved_from: "b" }), b: jobData() } })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "a", "moved_from"],
        got: "b",
        reason: "a job of this file still has that key",
        allowed: "a key that no job has now",
        fix: "rename the other job, or remove `moved_from`",
      },
    ]);
  });

  it("does not read properties of JavaScript objects as jobs", () => {
    expect(found({ jobs: { a: jobData({ moved_from: "constructor" }) } })).toEqual([]);
  });
});

rule("deferral names a declared environment", (found) => {
  const deferring = (environment: string): Overrides => ({ jobs: { a: jobData({ defer_to: { environment } }) } });

  it("accepts the name of the file and that of another file", () => {
    expect(found(deferring("production"), { name: "staging", ...deferring("production") })).toEqual([]);
  });

  it("accepts a deferral to a managed environment in its own file", () => {
    expect(found({ ...managedEnvironment({ connection: { id: 1 } }), ...deferring("production") })).toEqual([]);
  });

  it.each([
    ["productoin", "did you mean `production`?"],
    ["elsewhere", "name one of these"],
    ["constructor", "name one of these"],
  ])("refuses %s", (name, fix) => {
    expect(found(deferring(name), { name: "staging" })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "a", "defer_to", "environment"],
        got: name,
        reason: "no env file has this environment",
        allowed: "production, staging",
        fix,
      },
    ]);
  });

  it("refuses a deferral from a file for Terraform to a file for the API, but not the reverse", () => {
    const api = { ...API, name: "development", environment: { id: 999 }, ...deferring("production") };
    expect(found({ ...deferring("development") }, api)).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "a", "defer_to", "environment"],
        got: "development",
        reason: "`development` is shared by feature branches, and the env var ENVIRONMENT_ID may replace it",
        allowed: "environments that Terraform applies",
        fix: "defer to one of these",
      },
    ]);
  });

  it("refuses an environment that another file manages", () => {
    const managed = managedEnvironment({ connection: { id: 1 } });
    expect(found(managed, { name: "staging", ...deferring("production") })).toEqual([
      {
        file: "2.yaml",
        path: ["jobs", "a", "defer_to", "environment"],
        got: "production",
        reason: "the id of `production` is not known here: its own file manages it",
        allowed: "environments that are referred to by id, and this file's own",
        fix: "apply `production` first and refer to it by `environment: { id: NUMBER }`",
      },
    ]);
  });
});

it("every rule about several files is tested here", () => {
  expect(asked).toEqual(new Set(crossFileRules.map(({ name }) => name)));
});
