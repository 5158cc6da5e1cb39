import { join } from "node:path";
import { checkEnvironments, loadEnvironment, loadEnvironments } from "../../../src/env-files/load";
import { ConfigurationError, type Problem } from "../../../src/env-files/problem";
import { envFile, envFileWithJob, fileData, jobData, type Overrides } from "../../support/env-file";
import { envFolder } from "../../support/env-folder";
import { reportOf, reportOfFiles } from "../../support/report";

const API = { name: "development", applied_by: "api", git_branch: undefined };
const STAGING = { name: "staging", environment: { id: 202 } };

const sources = (...texts: string[]) =>
  texts.map((text, i) => ({ file: `${i + 1}.yaml`, bytes: new TextEncoder().encode(text) }));

/** The first line of each problem. */
const headings = (report: string): string[] =>
  report
    .split("\n\n")
    .slice(0, -1)
    .map((problem) => problem.split("\n")[0]!);

describe("valid files", () => {
  it("are environments in file order, with all defaults", () => {
    const { environments, problems } = checkEnvironments(sources(envFile(STAGING), envFile()), {});
    expect(problems).toEqual([]);
    expect(environments.map(({ name }) => name)).toEqual(["staging", "production"]);
    expect(environments[1]).toMatchObject({
      ...fileData(),
      timezone: "UTC",
      environment_variables: {},
      notifications: [],
      jobs: { attribution: { threads: 4, timeout_seconds: 0, paused: false, expects: [] } },
    });
  });

  it("are read from folders and files", () => {
    const folder = envFolder({ "environments/b.yaml": envFile(), "a.yaml": envFile(STAGING) });
    const paths = [join(folder, "a.yaml"), join(folder, "environments")];
    expect(loadEnvironments(paths, {}).map(({ name }) => name)).toEqual(["staging", "production"]);
  });

  it("that are named alone can defer to environments of the other files of the folder", () => {
    const folder = envFolder({
      "dev.yaml": envFile({ ...API, environment: { id: 999 }, defaults: { defer_to: { environment: "production" } } }),
      "prod.yaml": envFile(),
      "broken.yaml": "a: [",
    });
    expect(loadEnvironments([join(folder, "dev.yaml")], {}).map(({ name }) => name)).toEqual(["development"]);
  });
});

describe("one file", () => {
  const folder = envFolder({
    "dev.yaml": envFile({ ...API, environment: { id: 999 }, defaults: { defer_to: { environment: "production" } } }),
    "prod.yaml": envFile(),
    "broken.yaml": "a: [",
  });

  it("comes with the environments of the folder that have no problems", () => {
    const { environment, beside } = loadEnvironment(join(folder, "dev.yaml"), {});
    expect([environment.name, ...beside.map(({ name }) => name)]).toEqual(["development", "production"]);
  });

  it("gets its project, environment and team from env vars if the API applies it", () => {
    const { environment, beside } = loadEnvironment(join(folder, "dev.yaml"), { environmentId: 7, team: "others" });
    expect(environment).toMatchObject({ environment: { id: 7 }, team: "others" });
    expect(beside).toMatchObject([{ environment: fileData()["environment"] }]);
  });

  it.each([
    ["broken.yaml", /broken\.yaml:1:\d+: /],
    ["missing.yaml", /missing\.yaml: there is no such file or folder/],
    ["", /: it is a folder of env files\n {2}allowed: one env file\n {2}fix: {5}name a file, such as .*dev\.yaml/],
  ])("is refused when it is %j", (name, message) => {
    expect(() => loadEnvironment(join(folder, name), {})).toThrow(message);
  });
});

describe("all problems of all files are reported at once", () => {
  it("of the text, of the schema and of the rules", () => {
    const report = reportOfFiles({
      "a.yaml": "a: [1\n",
      "b.yaml": envFile({ jobs: { x: jobData({ threads: -4, expects: ["y"] }), z: jobData({ expects: ["x"] }) } }),
      "c.yaml": envFile({ ...STAGING, jobs: { x: jobData({ expects: ["nobody"] }) }, tem: 1 }),
      "d.yaml": "",
    });
    expect(headings(report)).toEqual([
      "a.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]",
      "b.yaml:16:14  jobs.x.threads: too small",
      "b.yaml:18:9  jobs.x.expects[0]: no job of this file has this key",
      "c.yaml:17:9  jobs.x.expects[0]: no job of this file has this key",
      "c.yaml:18:1  tem: unknown key `tem`",
      "d.yaml:1:1: the file is empty",
    ]);
    expect(report.split("\n").at(-1)).toBe("6 problems in 4 files");
  });

  it("beside repeated keys", () => {
    expect(headings(reportOf(`${envFileWithJob({ threads: -4 })}team: other-team\n`))).toEqual([
      "prod.yaml:16:14  jobs.attribution.threads: too small",
      "prod.yaml:17:1: the same key is in one mapping twice",
    ]);
  });

  it("about the order of jobs with other problems", () => {
    const jobs = { a: jobData({ expects: ["b"], threads: -4 }), b: jobData({ expects: ["a"] }) };
    expect(headings(reportOf(envFile({ jobs })))).toEqual([
      "prod.yaml:10:3  jobs.a: jobs wait for each other in a circle",
      "prod.yaml:18:14  jobs.a.threads: too small",
    ]);
  });

  it("of files, and of unreadable files", () => {
    const folder = envFolder({ "a.yaml": envFileWithJob({ threads: -4 }) });
    const missing = join(folder, "missing.yaml");
    expect(errorOf([missing, folder]).problems.map(({ file, reason }) => [file, reason])).toEqual([
      [join(folder, "a.yaml"), "too small"],
      [missing, "there is no such file or folder"],
    ]);
  });

  it("and there are no environments", () => {
    expect(checkEnvironments(sources(envFile(), envFile({ ...STAGING, tem: 1 })), {}).environments).toEqual([]);
  });

  it("but not those of other files of the folder", () => {
    const folder = envFolder({ "a.yaml": envFileWithJob({ threads: -4 }), "b.yaml": envFile({ ...STAGING, tem: 1 }) });
    expect(errorOf([join(folder, "b.yaml")]).problems.map(({ path }) => path)).toEqual(["tem"]);
  });
});

function errorOf(paths: readonly string[]): ConfigurationError {
  try {
    loadEnvironments(paths, {});
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the files are good");
}

describe("a refused value is not also reported as missing", () => {
  it.each<[string, Overrides, string[]]>([
    ["a schedule that is wrong is not one that is missing", { schedule: "every day", paused: true }, ["schedule"]],
    ["nor is a mistyped one", { schedul: { at: ["05:00"] }, paused: true, sla: { finish_by: "06:00" } }, ["schedul"]],
    [
      "nor a deferral",
      { defer_to: "production", run_compare_changes: true, triggers: { github_webhook: true } },
      ["defer_to"],
    ],
  ])("%s", (_, job, keys) => {
    expect(headings(reportOf(envFileWithJob(job))).map((line) => /attribution\.(\w+)/.exec(line)?.[1])).toEqual(keys);
  });

  it("in a file", () => {
    expect(headings(reportOf(envFile({ jobs: undefined })))).toEqual(["prod.yaml:1:1  jobs: `jobs` is missing"]);
    expect(headings(reportOf(envFile({ git_branch: 5 })))).toEqual(["prod.yaml:3:13  git_branch: expected text"]);
  });
});

describe("a value of `defaults`", () => {
  it("is refused at its place, once for all jobs", () => {
    const jobs = { a: jobData(), b: jobData() };
    expect(reportOf(envFile({ defaults: { defer_to: { environment: "productoin" } }, jobs }))).toBe(
      [
        "prod.yaml:24:18  defaults.defer_to.environment: no env file has this environment",
        '  got:     "productoin"',
        "  allowed: production",
        "  fix:     did you mean `production`?",
        "",
        "1 problem in 1 file",
      ].join("\n"),
    );
    expect(headings(reportOf(envFile({ defaults: { defer_to: { job: "nobody" } }, jobs })))).toEqual([
      "prod.yaml:24:10  defaults.defer_to.job: no job of this file has this key",
    ]);
  });
});

describe("files that the API applies are templates", () => {
  const settings = { projectId: 7, environmentId: 8, team: "growth-team" };

  it("whose project, team and environment come from env vars", () => {
    const [environment] = checkEnvironments(sources(envFile(API)), settings).environments;
    expect(environment).toMatchObject({ project: { id: 7 }, environment: { id: 8 }, team: "growth-team" });
  });

  it("and keep their own values without env vars", () => {
    const [environment] = checkEnvironments(sources(envFile(API)), {}).environments;
    expect(environment).toMatchObject({ project: { id: 102 }, environment: { id: 302 }, team: "marketing-team" });
  });
});

describe("files that Terraform applies", () => {
  it("ignore ENVIRONMENT_ID", () => {
    const { environments, problems } = checkEnvironments(sources(envFile(), envFile(STAGING)), { environmentId: 999 });
    expect(problems).toEqual([]);
    expect(environments.map(({ environment }) => environment)).toEqual([{ id: 302 }, { id: 202 }]);
  });

  it("accept env vars with the same values", () => {
    expect(checkEnvironments(sources(envFile()), { projectId: 102, team: "marketing-team" }).problems).toEqual([]);
  });

  it("refuse a PROJECT_ID or TEAM_NAME that differs, and name both values", () => {
    expect(reportOf(envFile(), { projectId: 103, team: "growth-team" })).toBe(
      [
        "prod.yaml:4:7  team: the env var TEAM_NAME is growth-team, and it cannot override a file that Terraform applies",
        '  got:     "marketing-team"',
        "  allowed: TEAM_NAME unset, or equal to the file",
        "  fix:     unset TEAM_NAME, or change the file",
        "",
        "prod.yaml:6:7  project.id: the env var PROJECT_ID is 103, and it cannot override a file that Terraform applies",
        "  got:     102",
        "  allowed: PROJECT_ID unset, or equal to the file",
        "  fix:     unset PROJECT_ID, or change the file",
        "",
        "2 problems in 1 file",
      ].join("\n"),
    );
  });

  it("refuse it also if other values of the file are invalid", () => {
    expect(headings(reportOf(envFileWithJob({ threads: -4 }), { projectId: 103 }))).toEqual([
      "prod.yaml:6:7  project.id: the env var PROJECT_ID is 103, and it cannot override a file that Terraform applies",
      "prod.yaml:16:14  jobs.attribution.threads: too small",
    ]);
  });
});

/** All kinds of invalid input that the provider, dbt Cloud and other tools accept. */
describe("invalid input is refused before synth, with place, path, value, allowed values and the fix", () => {
  const inJob = (job: Overrides): Record<string, string> => ({ "prod.yaml": envFileWithJob(job) });
  const inJobs = (jobs: Record<string, Overrides>): Record<string, string> => ({
    "prod.yaml": envFile({ jobs: Object.fromEntries(Object.entries(jobs).map(([key, job]) => [key, jobData(job)])) }),
  });
  const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i > 0 ? `*a${i - 1}, *a${i - 1}` : "x"}]`).join(
    "\n",
  );

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    ["hour 25", inJob({ schedule: { at: ["25:00"] } }), "prod.yaml:18:11  jobs.attribution.schedule.at[0]: "],
    ["every day", inJob({ schedule: "every day" }), "prod.yaml:16:15  jobs.attribution.schedule: "],
    [
      "{ schedul: true }",
      inJob({ triggers: { schedul: true } }),
      "prod.yaml:17:7  jobs.attribution.triggers.schedul: ",
    ],
    ["rm -rf /", inJob({ execute_steps: ["rm -rf /"] }), "prod.yaml:15:9  jobs.attribution.execute_steps[0]: "],
    ["dbt biuld", inJob({ execute_steps: ["dbt biuld"] }), "prod.yaml:15:9  jobs.attribution.execute_steps[0]: "],
    ["threads -4", inJob({ threads: -4 }), "prod.yaml:16:14  jobs.attribution.threads: too small"],
    ["an unknown key", inJob({ colour: "red" }), "prod.yaml:16:5  jobs.attribution.colour: unknown key `colour`"],
    [
      "a repeated key",
      { "prod.yaml": `${envFile()}name: x\n` },
      "prod.yaml:16:1: the same key is in one mapping twice",
    ],
    [
      "31 February",
      inJob({ schedule: { cron: "0 5 31 2 *" } }),
      "prod.yaml:17:13  jobs.attribution.schedule.cron: it never fires",
    ],
    ["an empty file", { "prod.yaml": "" }, "prod.yaml:1:1: the file is empty"],
    [
      "the same jobs in two files",
      { "a.yaml": envFile(), "b.yaml": envFile({ environment: { id: 1 } }) },
      "b.yaml:1:7  name: a.yaml already declares",
    ],
    ["YAML syntax", { "prod.yaml": "name: [\n" }, "prod.yaml:2:1: Flow sequence"],
    ["an alias bomb", { "prod.yaml": bomb }, "prod.yaml:2:10: an alias repeats another part of the file"],
    ["a wrong type", inJob({ threads: "four" }), "prod.yaml:16:14  jobs.attribution.threads: expected a whole number"],
    [
      "an unknown reference",
      inJob({ run_after: { job: "x" } }),
      "prod.yaml:17:12  jobs.attribution.run_after.job: no job",
    ],
    [
      "a circle",
      inJobs({ a: { run_after: { job: "b" } }, b: { run_after: { job: "a" } } }),
      "prod.yaml:10:3  jobs.a: jobs wait for each other",
    ],
    [
      "a schedule on a CI job",
      inJob({ triggers: { github_webhook: true }, schedule: { at: ["05:00"] } }),
      "prod.yaml:18:5  jobs.attribution.schedule: a CI or merge job",
    ],
    [
      "on_merge with another trigger",
      inJob({ triggers: { on_merge: true, github_webhook: true } }),
      "prod.yaml:17:17  jobs.attribution.triggers.on_merge: ",
    ],
    [
      "two deferrals",
      inJob({ defer_to: { job: "a", environment: "b" } }),
      "prod.yaml:17:7  jobs.attribution.defer_to: ",
    ],
    [
      "a name too long",
      { "prod.yaml": envFile({ jobs: { ["k".repeat(240)]: jobData() } }) },
      `prod.yaml:10:3  jobs.${"k".repeat(240)}: the job's name`,
    ],
    [
      "names that collide",
      {
        "a.yaml": envFile({ name: "c", jobs: { "a-b": jobData() } }),
        "b.yaml": envFile({ name: "b-c", environment: { id: 1 }, jobs: { a: jobData() } }),
      },
      "b.yaml:10:3  jobs.a: a.yaml, jobs.a-b already has this name",
    ],
    [
      "an expected job that runs later",
      inJobs({ a: { schedule: { at: ["07:00"] } }, b: { schedule: { at: ["06:00"] }, expects: ["a"] } }),
      "prod.yaml:29:9  jobs.b.expects[0]: `a` starts at 07:00 UTC, not before `b` at 06:00",
    ],
    [
      "bytes that are no text",
      { "prod.yaml": Uint8Array.from([0xff, 0x00]) },
      "prod.yaml:1:1: the file is not UTF-8 text",
    ],
    [
      "a `__proto__` key",
      { "prod.yaml": '"__proto__": { polluted: true }\n' },
      "prod.yaml:1:1: `__proto__` cannot be a key",
    ],
    [
      "20,000-fold nesting",
      { "prod.yaml": "[".repeat(20_000) },
      "prod.yaml:1:65: lists or mappings are nested too deeply",
    ],
  ])("%s", (_, files, start) => {
    const report = reportOfFiles(files);
    const lines = report.split("\n");
    expect(headings(report).filter((line) => line.startsWith(start))).toHaveLength(1);
    expect(lines.filter((line) => /^ {2}allowed: \S/.test(line))).toHaveLength(headings(report).length);
    expect(lines.filter((line) => /^ {2}fix: {5}\S/.test(line))).toHaveLength(headings(report).length);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

it("a thousand jobs are checked quickly", () => {
  const jobs = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      `job-${i}`,
      jobData({
        schedule: { at: [`${String(i % 24).padStart(2, "0")}:00`] },
        ...(i % 24 ? { expects: [`job-${i - 1}`] } : {}),
      }),
    ]),
  );
  const [source] = sources(envFile({ jobs }));
  const problems: readonly Problem[] = checkEnvironments([source!], {}).problems;
  expect(problems).toEqual([]);
});
