import { environmentSchema, type EnvironmentDefinition } from "../../../src/env-files/definition";
import { envFile, fileData, type Overrides } from "../../support/env-file";
import { refusalsOf } from "../../support/refusals";
import { reportOf } from "../../support/report";

const pathsOf = (overrides: Overrides): string[] =>
  environmentSchema.safeParse(fileData(overrides)).error?.issues.map(({ path }) => path.join(".")) ?? [];

const MANAGED = {
  project: {
    managed: {
      name: "Marketing",
      repository: { remote_url: "git@gitlab.example.com:marketing/analytics.git" },
      connection: { name: "redshift", hostname: "redshift.example.com", dbname: "analytics" },
    },
  },
  environment: {
    managed: {
      name: "Production",
      deployment_type: "production",
      credential: { username: "dbt", default_schema: "marketing" },
    },
  },
} as const;

describe("a minimal env file", () => {
  it("has every default", () => {
    const { jobs: _jobs, ...file } = environmentSchema.parse(fileData({ git_branch: undefined }));
    expect(file).toStrictEqual({
      name: "production",
      applied_by: "terraform",
      team: "marketing-team",
      timezone: "UTC",
      project: { id: 102 },
      environment: { id: 302 },
      environment_variables: {},
      defaults: {},
      notifications: [],
      alerts: [],
    });
  });

  it.each(["name", "applied_by", "team", "project", "environment", "jobs"])("requires its %s", (key) => {
    expect(pathsOf({ [key]: undefined })).toEqual([key]);
  });
});

describe("a managed project and environment", () => {
  it("have every default", () => {
    const file: Partial<EnvironmentDefinition> = environmentSchema.parse(fileData(MANAGED));
    expect(file.project).toStrictEqual({
      managed: {
        ...MANAGED.project.managed,
        description: "",
        dbt_project_subdirectory: "dbt",
        repository: { ...MANAGED.project.managed.repository, git_clone_strategy: "deploy_key" },
        connection: { ...MANAGED.project.managed.connection, port: 5439 },
      },
    });
    expect(file.environment).toStrictEqual({
      managed: {
        ...MANAGED.environment.managed,
        dbt_version: "latest",
        credential: { username: "dbt", default_schema: "marketing", threads: 4, password_version: 1 },
      },
    });
  });
});

describe("names of environments and teams", () => {
  it.each(["production", "eu-1", "a"])("may be %p", (name) => {
    expect(pathsOf({ name, team: name })).toEqual([]);
  });

  it.each(["Production", "pro duction", "-a", "a-", "a--b", "1a", "", "ä", "a_b"])("may not be %p", (name) => {
    expect(pathsOf({ name, team: name })).toEqual(["name", "team"]);
  });
});

describe("the time zone", () => {
  it.each(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])("may be %s", (timezone) => {
    expect(pathsOf({ timezone })).toEqual([]);
  });

  it.each(["Berlin", "Mars/Phobos", "", "UTC "])("may not be %p", (timezone) => {
    expect(refusalsOf(environmentSchema, fileData({ timezone }))).toEqual([
      "a name of the IANA time zone database, such as Europe/Berlin",
    ]);
  });
});

describe("the repository's URL", () => {
  const withUrl = (remote_url: string): Overrides => ({
    ...MANAGED,
    project: { managed: { ...MANAGED.project.managed, repository: { remote_url } } },
  });

  it.each([
    "git@gitlab.example.com:marketing/analytics.git",
    "https://gitlab.example.com/marketing/analytics.git",
    "ssh://git@gitlab.example.com:22/marketing/analytics.git",
    "https://gitlab.example.com/@marketing/analytics.git",
  ])("may be %s", (url) => {
    expect(pathsOf(withUrl(url))).toEqual([]);
  });

  it.each([
    "https://user:password@gitlab.example.com/x.git",
    "https://token@gitlab.example.com/x.git",
    "HTTPS://oauth2:token@gitlab.example.com/x.git",
    "https://:token@gitlab.example.com/x.git",
    "https://user:p@ss@gitlab.example.com/x.git",
    "ssh://user:password@gitlab.example.com/x.git",
  ])("carries no credentials, unlike %s", (url) => {
    const [, managed] = environmentSchema.shape.project.options;
    expect(refusalsOf(managed, withUrl(url)["project"])).toContainEqual({
      reason: "a password or token must not be in a URL",
      allowed: "a URL without credentials",
      fix: "remove the part between :// and @; dbt Cloud signs in by git_clone_strategy",
    });
  });
});

describe("extended attributes", () => {
  const withAttributes = (extended_attributes: unknown): Overrides => ({
    environment: { managed: { ...MANAGED.environment.managed, connection: { id: 1 }, extended_attributes } },
  });

  it("hold any JSON", () => {
    expect(pathsOf(withAttributes({ sslmode: "require", retries: 3, list: [null, true, { a: 1.5 }] }))).toEqual([]);
  });

  it.each(["password", "db_token", "PRIVATE_KEY"])("hold no secret: %s", (name) => {
    expect(reportOf(envFile(withAttributes({ [name]: "hush" })))).toBe(
      [
        `prod.yaml:17:7  environment.managed.extended_attributes.${name}: a secret must not be in a file`,
        `  got:     "${name}"`,
        "  allowed: names without secret, password, token or key in them",
        "  fix:     set the attribute in dbt Cloud by hand, with env_var('DBT_ENV_SECRET_…') as its value",
        "",
        "1 problem in 1 file",
      ].join("\n"),
    );
  });

  it.each([["text"], [["list"]], [{ a: undefined, b: new Date(0) }]])("are not %p", (attributes) => {
    expect(pathsOf(withAttributes(attributes)).length).toBeGreaterThan(0);
  });
});
