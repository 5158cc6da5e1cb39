import { applySchema, writtenAt, type EnvironmentDraft } from "../../../src/env-files/draft";
import type { EnvironmentDefinition } from "../../../src/env-files/definition";
import { pathText } from "../../../src/env-files/finding";
import { fileData, jobData, type Overrides } from "../../support/env-file";

function definitionOf(overrides: Overrides): EnvironmentDefinition {
  const result = applySchema(fileData(overrides));
  if ("definition" in result) return result.definition;
  throw new Error(JSON.stringify(result.findings));
}

function draftOf(data: unknown): { draft: EnvironmentDraft; paths: string[] } {
  const result = applySchema(data);
  if ("definition" in result) throw new Error("nothing was refused");
  return { draft: result.draft, paths: result.findings.map(({ path }) => pathText(path)) };
}

describe("`defaults`", () => {
  const jobs = {
    own: jobData({ threads: 8, owner: "somebody", defer_to: "self", generate_docs: false }),
    none: jobData({ owner: undefined }),
  };
  const defaults = {
    owner: "marketing",
    target_name: "prod",
    threads: 2,
    timeout_seconds: 60,
    dbt_version: "latest",
    generate_docs: true,
    run_generate_sources: true,
    defer_to: { environment: "production" },
  };

  it("apply to jobs that do not set the value", () => {
    const definition = definitionOf({ defaults, jobs });
    expect(definition.jobs["none"]).toMatchObject(defaults);
    expect(definition.jobs["own"]).toMatchObject({
      ...defaults,
      threads: 8,
      owner: "somebody",
      defer_to: "self",
      generate_docs: false,
    });
  });

  it("are not in the definition", () => {
    expect(definitionOf({ defaults, jobs })).not.toHaveProperty("defaults");
  });

  it("that are invalid are reported at their place, and the schema's defaults apply", () => {
    const { draft, paths } = draftOf(fileData({ defaults: { ...defaults, threads: -1, owner: 5 }, jobs }));
    expect(paths).toEqual(["defaults.owner", "defaults.threads"]);
    expect(draft.jobs["none"]).toMatchObject({ threads: 4, target_name: "prod" });
    expect(draft.jobs["none"]).not.toHaveProperty("owner");
  });

  it("with an unknown key do not hide a missing value of a job", () => {
    const { paths } = draftOf(
      fileData({ defaults: { category: "campaign" }, jobs: { a: jobData({ category: undefined }) } }),
    );
    expect(paths.sort()).toEqual(["defaults.category", "jobs.a.category"]);
  });
});

describe("a draft", () => {
  it("has the valid values, and findings about the others", () => {
    const { draft, paths } = draftOf(
      fileData({
        team: "Marketing Team",
        applied_by: "api",
        surprise: 1,
        jobs: {
          a: jobData({ threads: -4, schedule: { at: ["05:00"] } }),
          b: "a job",
          c: jobData({ owner: undefined }),
        },
      }),
    );
    expect(paths.sort()).toEqual(["jobs.a.threads", "jobs.b", "jobs.c.owner", "surprise", "team"]);
    expect(Object.keys(draft).sort()).toEqual(
      [
        "alerts",
        "applied_by",
        "environment",
        "environment_variables",
        "git_branch",
        "jobs",
        "name",
        "notifications",
        "project",
        "timezone",
      ].sort(),
    );
    expect(draft.jobs["a"]).toMatchObject({ schedule: { at: ["05:00"] }, paused: false, category: "attribution" });
    expect(draft.jobs["a"]).not.toHaveProperty("threads");
    expect(draft.jobs["b"]).toEqual({});
  });

  it("checks a job with an invalid key", () => {
    const { paths } = draftOf(fileData({ jobs: { "Bad Key": jobData({ threads: 0, owner: 1 }) } }));
    expect(paths).toEqual(["jobs.Bad Key", "jobs.Bad Key.owner", "jobs.Bad Key.threads"]);
  });

  it.each([[[]], ["text"], [1], [null], [{ jobs: [] }], [{ jobs: null }], [{}]])("of %j has no jobs", (data) => {
    expect(draftOf(data).draft.jobs).toEqual({});
  });
});

describe("the place of a value", () => {
  const data = {
    defaults: { threads: 2, defer_to: { environment: "a" }, surprise: 1 },
    jobs: { own: { threads: 8 }, none: {} },
  };

  it.each<[string[], string]>([
    [["jobs", "none", "threads"], "defaults.threads"],
    [["jobs", "none", "defer_to", "environment"], "defaults.defer_to.environment"],
    [["jobs", "own", "threads"], "jobs.own.threads"],
    [["jobs", "none", "owner"], "jobs.none.owner"],
    [["jobs", "none", "surprise"], "jobs.none.surprise"],
    [["jobs", "none"], "jobs.none"],
    [["jobs", "nowhere", "threads"], "jobs.nowhere.threads"],
    [["defaults", "threads"], "defaults.threads"],
    [["name"], "name"],
  ])("%j: %s", (path, written) => {
    expect(pathText(writtenAt(data, path))).toBe(written);
  });

  it("is the path itself if the data is not an env file", () => {
    expect(writtenAt(["x"], ["jobs", "a", "threads"])).toEqual(["jobs", "a", "threads"]);
    expect(writtenAt({ jobs: [], defaults: {} }, ["jobs", "a", "threads"])).toEqual(["jobs", "a", "threads"]);
  });
});
