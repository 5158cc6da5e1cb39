import {
  dbtVersionSchema,
  environmentVariablesSchema,
  idSchema,
  jobDescription,
  jobKeySchema,
  jobSchema,
  notificationSchema,
  runsOnGitEvents,
  textSchema,
} from "../../../src/jobs/definition";
import { refusalsOf } from "../../support/refusals";

const REQUIRED = {
  category: "attribution",
  description: "Core attribution models",
  owner: "marketing-data-engineering",
  execute_steps: ["dbt build"],
};

describe("a minimal job", () => {
  it("has every default", () => {
    expect(jobSchema.parse(REQUIRED)).toStrictEqual({
      ...REQUIRED,
      paused: false,
      expects: [],
      triggers: { github_webhook: false, git_provider_webhook: false, on_merge: false },
      triggers_on_draft_pr: false,
      target_name: "default",
      threads: 4,
      timeout_seconds: 0,
      generate_docs: false,
      run_generate_sources: false,
      run_compare_changes: false,
      compare_changes_flags: "--select state:modified",
      run_lint: false,
      errors_on_lint_failure: true,
      cost_optimization_features: [],
      environment_variables: {},
      notifications: [],
    });
  });

  it.each(Object.keys(REQUIRED))("says its %s", (key) => {
    const { [key as "owner"]: _left, ...rest } = REQUIRED;
    expect(jobSchema.safeParse(rest).error?.issues.map(({ path }) => path)).toEqual([[key]]);
  });

  it("runs after the success of another job by default", () => {
    expect(jobSchema.parse({ ...REQUIRED, run_after: { job: "a" } }).run_after).toEqual({ job: "a", on: ["success"] });
  });

  it("has an SLA of 99.9 percent by default", () => {
    expect(jobSchema.parse({ ...REQUIRED, sla: { finish_by: "06:00" } }).sla).toEqual({
      finish_by: "06:00",
      target: 99.9,
    });
  });
});

describe("a job's values", () => {
  it.each<[string, unknown]>([
    ["category", "marketing"],
    ["description", " "],
    ["owner", ""],
    ["execute_steps", []],
    ["execute_steps", "dbt build"],
    ["threads", 0],
    ["threads", -4],
    ["threads", 65],
    ["threads", 1.5],
    ["threads", "4"],
    ["timeout_seconds", -1],
    ["timeout_seconds", 86_401],
    ["paused", "yes"],
    ["expects", ["A"]],
    ["expects", "a"],
    ["run_after", { job: "a", on: [] }],
    ["run_after", { job: "a", on: ["failure"] }],
    ["run_after", "a"],
    ["triggers", { schedule: true }],
    ["triggers", { on_merge: 1 }],
    ["triggers", null],
    ["defer_to", "production"],
    ["defer_to", { job: "a", environment: "b" }],
    ["defer_to", [{ job: "a" }, { job: "b" }]],
    ["cost_optimization_features", ["caching"]],
    ["sla", { finish_by: "25:00" }],
    ["sla", { finish_by: "06:00", target: 0 }],
    ["sla", { finish_by: "06:00", target: 100.1 }],
    ["moved_from", "Old Name"],
    ["adopt_job_id", 0],
    ["adopt_job_id", "17"],
    ["dbt_version", "1.11"],
    ["target_name", ""],
    ["notifications", [{ on: ["failure"] }]],
    ["notifications", [{ on: [], user_id: 1 }]],
    ["notifications", [{ on: ["failure"], user_id: 1, email: "marketing" }]],
    ["schedul", { at: ["05:00"] }],
  ])("%s is not %j", (key, value) => {
    const issues = jobSchema.safeParse({ ...REQUIRED, [key]: value }).error?.issues ?? [];
    expect(issues.map(({ path, code }) => (code === "unrecognized_keys" ? key : path[0]))).toEqual([key]);
  });

  it.each<[string, unknown]>([
    ["threads", 1],
    ["threads", 64],
    ["timeout_seconds", 86_400],
    ["defer_to", "self"],
    ["defer_to", { job: "a" }],
    ["defer_to", { environment: "production" }],
    ["sla", { finish_by: "06:00", target: 100 }],
    ["run_after", { job: "a", on: ["success", "error", "canceled"] }],
    ["cost_optimization_features", ["state_aware_orchestration"]],
  ])("%s may be %j", (key, value) => {
    expect(jobSchema.parse({ ...REQUIRED, [key]: value })).toHaveProperty(key, value);
  });

  it("are trimmed", () => {
    const { description, execute_steps } = jobSchema.parse({
      ...REQUIRED,
      description: "  Core models\n",
      execute_steps: [" dbt build \n"],
    });
    expect([description, execute_steps]).toEqual(["Core models", ["dbt build"]]);
  });
});

describe("a key, a text and an id", () => {
  it("have an error that describes their format", () => {
    expect(refusalsOf(jobKeySchema, "Ad_Platform")).toEqual([
      "lower case letters and digits, words joined by single hyphens, starting with a letter: ad-platform-sync",
    ]);
    expect(textSchema.safeParse("\n").success).toBe(false);
    expect([0, -1, 1.5, "1", 2 ** 53].filter((id) => idSchema.safeParse(id).success)).toEqual([]);
  });
});

describe("a dbt version", () => {
  it.each([
    "latest",
    "compatible",
    "extended",
    "fallback",
    "versionless",
    "latest-fusion",
    "fusion-stable",
    "1.11.0-latest",
    "1.9.0-pre",
  ])("may be %s", (version) => {
    expect(dbtVersionSchema.parse(version)).toBe(version);
  });

  it.each(["1.11", "1.11.0", "1.11.3-latest", "newest", "", "latest "])("may not be %p", (version) => {
    expect(refusalsOf(dbtVersionSchema, version)).toEqual([
      "a release track (latest, compatible, extended, fallback, latest-fusion, fusion-stable, fusion-extended, " +
        "fusion-nightly, fusion-fallback) or a version such as 1.11.0-latest",
    ]);
  });
});

describe("environment variables", () => {
  it("have names that start with DBT_, and text for values", () => {
    const good = { DBT_A: " ", DBT_ATTRIBUTION_WINDOW_DAYS: "30", DBT_2: "käse 🧀" };
    expect(environmentVariablesSchema.parse(good)).toEqual(good);
  });

  it("are not empty, because an empty value removes the variable", () => {
    expect(refusalsOf(environmentVariablesSchema, { DBT_A: "" })).toEqual([
      {
        reason: "an empty value removes the variable",
        allowed: "text that is not empty",
        fix: "leave the variable out",
      },
    ]);
  });

  it.each(["WINDOW", "dbt_window", "DBT_", "DBT_window", "DBT_A_", "DBT-A", "DBT_A B"])(
    "cannot have the name %p",
    (name) => {
      const [issue] = environmentVariablesSchema.safeParse({ [name]: "1" }).error?.issues ?? [];
      expect(issue).toMatchObject({
        code: "invalid_key",
        issues: [{ message: "an upper case name that starts with DBT_" }],
      });
    },
  );

  it.each(["DBT_ENV_SECRET_TOKEN", "DBT_ENV_SECRET_GIT_CREDENTIAL", "DBT_REDSHIFT_PASSWORD", "DBT_META_API_KEY"])(
    "hold no secret: %s",
    (name) => {
      const [issue] = environmentVariablesSchema.safeParse({ [name]: "x" }).error?.issues ?? [];
      expect(issue).toMatchObject({
        code: "invalid_key",
        issues: [
          {
            params: {
              reason: "a secret must not be in a file",
              allowed: "names without secret, password, token or key in them",
              fix: "set it in dbt Cloud as DBT_ENV_SECRET_…, under the project's environment variables, and remove it here",
            },
          },
        ],
      });
    },
  );
});

describe("a notification", () => {
  it.each([
    [{ on: ["failure"], user_id: 1 }],
    [{ on: ["success", "failure", "warning", "cancel"], user_id: 1, email: "marketing-data@example.com" }],
    [{ on: ["failure"], user_id: 1, slack_channel: { id: "C01", name: "#marketing" } }],
  ])("may be %j", (notification) => {
    expect(notificationSchema.parse(notification)).toEqual(notification);
  });
});

describe("the start of a job", () => {
  const none = { github_webhook: false, git_provider_webhook: false, on_merge: false };

  it.each(["github_webhook", "git_provider_webhook", "on_merge"] as const)("is git, with %s", (trigger) => {
    expect(runsOnGitEvents({ ...none, [trigger]: true })).toBe(true);
  });

  it("is not a git event without triggers", () => {
    expect(runsOnGitEvents(none)).toBe(false);
  });
});

describe("the description of a job in dbt Cloud", () => {
  it("is its purpose and its owner", () => {
    expect(jobDescription({ description: "Core models", owner: "marketing" })).toBe("Core models\n\nOwner: marketing");
  });
});

describe("a text", () => {
  it("can have several lines, but no control characters", () => {
    expect(textSchema.parse(" two\nlines ")).toBe("two\nlines");
    expect(refusalsOf(textSchema, "a\u0000b")).toEqual(["text without control characters"]);
  });
});
