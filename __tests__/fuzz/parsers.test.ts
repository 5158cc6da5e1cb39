import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { DataDiffError } from "../../src/data-diff/data-diff-error";
import { martsOf, readManifest } from "../../src/data-diff/manifest";
import { DbtCloudError } from "../../src/dbt-cloud/errors";
import { checkEnvironments } from "../../src/env-files/load";
import { ConfigurationError } from "../../src/env-files/problem";
import { GitlabError } from "../../src/gitlab/gitlab-api";
import { writeNote } from "../../src/gitlab/merge-request-note";
import { isMarked, markedDescription, markOf, withoutMark } from "../../src/job-manager/branch-jobs/mark";
import { cleanup } from "../../src/job-manager/commands/cleanup";
import { CommandError, type CommandDependencies, type CommandResult } from "../../src/job-manager/commands/command";
import { deploy } from "../../src/job-manager/commands/deploy";
import { diff } from "../../src/job-manager/commands/diff";
import { drift } from "../../src/job-manager/commands/drift";
import { importFromDbtCloud, importFromFiles } from "../../src/job-manager/commands/import";
import { list } from "../../src/job-manager/commands/list";
import { logs } from "../../src/job-manager/commands/logs";
import { simulate } from "../../src/job-manager/commands/simulate";
import { sla } from "../../src/job-manager/commands/sla";
import { status } from "../../src/job-manager/commands/status";
import { hasFreshness, isBuilt, readDbtProject } from "../../src/job-manager/selectors/dbt-project";
import { DbtError } from "../../src/job-manager/selectors/resolve";
import { mark } from "../support/branch-records";
import { envFile, jobData } from "../support/env-file";
import { envFolder } from "../support/env-folder";
import { addJob, openCloud } from "../support/listening-cloud";
import { addRunOf } from "../support/run-rows";
import { bench, devFile, JOBS, personEnv } from "../support/work-on-branch";
import { mutatedJson, mutatedText, mutatedValue } from "./mutations";

/** `npm run fuzz` sets both: see docs/testing.md. The seed of a failure is in its message. */
const numRuns = Number(process.env["FUZZ_RUNS"] ?? 15);
const seed = Number(process.env["FUZZ_SEED"] ?? 17);

const EXPECTED = [ConfigurationError, CommandError, DbtCloudError, DbtError, DataDiffError, GitlabError];
/** What no person should read: a stack, and values that became text by mistake. */
const UNREADABLE = /\n\s+at .*:\d+:\d+|\[object |\bundefined\b|Cannot read prop|is not a function|is not iterable/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fuzz-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Reads an input. It gives a value, or an error of ours with a sentence. */
async function readable(read: () => unknown): Promise<void> {
  let text: string;
  try {
    const result = await read();
    text = typeof result === "object" && result !== null && "text" in result ? String(result.text) : "";
    JSON.stringify(result);
  } catch (error) {
    if (!EXPECTED.some((kind) => error instanceof kind)) throw error;
    text = (error as Error).message;
    if (text.trim().length < 20) throw new Error(`this is no sentence: ${text}`, { cause: error });
  }
  const found = UNREADABLE.exec(text);
  if (found) throw new Error(`a person cannot read "${found[0]}" in: ${text}`);
}

/** Reads many inputs. Inputs can be long, so the one that fails is in a file. */
async function fuzz<T>(input: fc.Arbitrary<T>, read: (value: T) => unknown): Promise<void> {
  const property = fc.asyncProperty(input, (value) => readable(() => read(value)));
  const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, { numRuns, seed });
  if (!failed) return;
  const file = join(tmpdir(), "fuzz-counterexample.json");
  writeFileSync(file, JSON.stringify(counterexample));
  const reason = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  throw new Error(`${reason}\nseed ${seed}, path ${counterexamplePath}; the input is in ${file}`);
}

const fileWith = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const ENV_FILE = readFileSync(join(__dirname, "../../environments/prod.yaml"), "utf8");
const offline = { env: {}, now: new Date("2026-03-01T00:00:00Z"), colors: false };

describe("env files", () => {
  const check = (text: string): void => {
    const { problems } = checkEnvironments([{ file: "prod.yaml", bytes: Buffer.from(text) }], {});
    if (problems.length > 0) throw new ConfigurationError(problems);
  };

  it("whose text is changed", () => fuzz(mutatedText(ENV_FILE), check));
  it("whose values are changed", () =>
    fuzz(
      mutatedValue(parse(ENV_FILE)).map((value) => stringify(value, { aliasDuplicateObjects: false })),
      check,
    ));
});

describe("plans of Terraform", () => {
  const plan = JSON.parse(
    readFileSync(join(__dirname, "../src/job-manager/terraform-plan/production-plan.json"), "utf8"),
  ) as unknown;
  let project: string;
  beforeAll(() => {
    project = envFolder({ "environments/prod.yaml": envFile() });
  });

  it.each([true, false])("with Markdown: %s", (markdown) =>
    fuzz(mutatedJson(plan), (text) =>
      diff(
        { project, environment: "production", plan: fileWith("plan.json", text), markdown, exitCode: false },
        offline,
      ),
    ),
  );
});

describe("jobs of other programs", () => {
  const target = (): string => fileWith("target.yaml", envFile());
  const read = (name: string, text: string): Promise<CommandResult> =>
    importFromFiles({ config: target(), files: [fileWith(name, text)], write: false }, offline);
  const TFVARS = `project_id = "102"
jobs = {
  "attribution" = { name = "Attribution [[a]]", execute_steps = ["dbt build"], num_threads = 8, schedule_type = "days_of_week",
    schedule_hours = [5, 17], schedule_days = [1, 5], triggers = { schedule = true }, env_vars = { DBT_WINDOW = 30 }, job_id = 4711 }
  "after" = { steps = ["dbt test"], job_completion_trigger_condition = [{ job_id = 4711, project_id = 102, statuses = ["success"] }] }
}
more_jobs = [{ name = "Hourly", cron = "0 * * * *", is_active = false }]
`;
  const job = {
    account_id: 1,
    project_id: 102,
    environment_id: 302,
    name: "Nightly",
    execute_steps: ["dbt build"],
    settings: { threads: 4, target_name: "prod" },
    execution: { timeout_seconds: 60 },
    schedule: {
      cron: "0 5 * * *",
      date: { type: "days_of_week", days: [1] },
      time: { type: "at_exact_hours", hours: [5] },
    },
    triggers: { github_webhook: false, git_provider_webhook: false, schedule: true },
    custom_environment_variables: [{ DBT_WINDOW: "3" }],
    job_completion_trigger_condition: { condition: { job_id: 3, project_id: 102, statuses: [10] } },
  };

  it("in tfvars", () => fuzz(mutatedText(TFVARS), (text) => read("x.tfvars", text)));
  it("in dbt-jobs-as-code", () =>
    fuzz(
      mutatedValue({ jobs: { nightly: job, other: { ...job, deferring_job_definition_id: 3 } } }).map((value) =>
        stringify(value, { aliasDuplicateObjects: false }),
      ),
      (text) => read("x.yml", text),
    ));
});

it("manifests of dbt", () => {
  const model = { unique_id: "model.p.a", name: "a", resource_type: "model", path: "marts/a.sql", tags: ["x"] };
  const test = { ...model, unique_id: "test.p.t", resource_type: "test", attached_node: "model.p.a" };
  const manifest = {
    nodes: {
      "model.p.a": {
        ...model,
        config: { materialized: "table" },
        columns: { id: { config: { meta: { pii: true } } } },
      },
      "test.p.t": { ...test, test_metadata: { name: "unique_combination", kwargs: { columns: ["id"] } } },
    },
    sources: { "source.p.s": { ...model, resource_type: "source", freshness: { warn_after: { count: 1 } } } },
    exposures: { "exposure.p.e": { ...model, label: "E", depends_on: { nodes: ["model.p.a"] } } },
    unit_tests: {},
  };
  return fuzz(mutatedJson(manifest), async (text) => {
    const file = fileWith("manifest.json", text);
    await readable(() => martsOf(readManifest(file)));
    for (const node of readDbtProject(file).values()) [hasFreshness, isBuilt].map((ask) => ask(node));
  });
});

it("marks in descriptions", () =>
  fuzz(mutatedText(markedDescription("Builds it", mark())), (text) => {
    const found = markOf(text);
    if (found) expect(isMarked(text)).toBe(true);
    const rest = withoutMark(text);
    expect(text.startsWith(rest)).toBe(true);
  }));

it("files of past runs", () => {
  const history = { runs: [{ job: "attribution", environment: "production", seconds: 60, status: "success" }] };
  const config = fileWith(
    "simulated.yaml",
    envFile({ jobs: { attribution: jobData({ schedule: { at: ["05:00"] } }) } }),
  );
  const given = {
    project: "",
    files: [config],
    days: 1,
    trials: 1,
    seed: 1,
    slots: 1,
    minutes: [],
    fail: [],
    markdown: false,
  };
  return fuzz(mutatedJson(history), (text) => simulate({ ...given, history: fileWith("history.json", text) }, offline));
});

it("answers of GitLab", () => {
  const note = { id: 1, author: { id: 70 }, body: "<!-- dbt-job-manager note, pipeline 1 -->" };
  const request = {
    mergeRequest: { apiUrl: "https://gitlab.example.com/api/v4", projectId: "5", iid: "3", token: "glpat-x" },
    text: "text",
    pipelineId: 9,
    completeTextUrl: "https://gitlab.example.com/file",
    patience: 50,
  };
  const answers = fc.record({
    notes: mutatedJson([note]),
    pipelines: mutatedJson([{ id: 9 }]),
    user: mutatedJson({ id: 70 }),
  });
  return fuzz(answers, ({ notes, pipelines, user }) =>
    writeNote({
      ...request,
      fetch: (url, { method }) => {
        const text = url.endsWith("/user") ? user : url.includes("/pipelines") ? pipelines : notes;
        return Promise.resolve(new Response(method === "DELETE" ? null : text, { status: 200 }));
      },
    }),
  );
});

/** The answers of a local dbt Cloud are recorded once. Then commands get them again with changes. */
describe("answers of dbt Cloud, to", () => {
  const realFetch = globalThis.fetch;
  const recorded = new Map<string, string>();
  /** The requests of each command. */
  const requests = new Map<string, string[]>();
  let config: string;
  let env: Record<string, string>;
  let commands: Readonly<Record<string, (surroundings: CommandDependencies) => Promise<CommandResult>>>;

  beforeAll(async () => {
    const cloud = await openCloud(undefined, new Date("2026-03-02T12:00:00Z"));
    const jobs = { ...JOBS, attribution: jobData({ schedule: { at: ["05:00"] }, sla: { finish_by: "06:00" } }) };
    config = devFile(jobs);
    const prod = join(config, "../prod.yaml");
    env = { ...personEnv(cloud), XDG_CACHE_HOME: folder };
    const scope = { config, only: [], exitCode: false, yes: true, run: false };
    await deploy({ ...scope, dryRun: false }, bench(env));
    for (const id of [1, 2]) {
      const results = JSON.stringify({
        results: [{ unique_id: "test.a.b", status: "fail", message: "m", compiled_code: "s" }],
      });
      addRunOf(cloud.world, id, { status: 20, steps: [["dbt build", 20]], results, log: "a log" });
    }
    addJob(cloud.world, { name: "other", environment_id: 302 });
    commands = {
      plan: (surroundings) => deploy({ ...scope, full: true, dryRun: true }, surroundings),
      list: (surroundings) => list({ config, details: true, allBranches: true }, surroundings),
      status: (surroundings) => status({ config, keys: [], exitCode: false }, surroundings),
      drift: (surroundings) => drift({ config }, surroundings),
      import: (surroundings) => importFromDbtCloud({ config: prod, write: false }, surroundings),
      logs: (surroundings) => logs({ config, key: "extract", follow: false }, surroundings),
      sla: (surroundings) => sla({ config, keys: [], since: "3d", markdown: false }, surroundings),
      cleanup: (surroundings) =>
        cleanup(
          { config, olderThan: 1, merged: false, allUsers: true, dryRun: true, yes: false, cancel: false },
          surroundings,
        ),
    };
    for (const [name, command] of Object.entries(commands)) {
      const asked: string[] = [];
      requests.set(name, asked);
      globalThis.fetch = async (url, init) => {
        const answer = await realFetch(url, init);
        const text = await answer.text();
        if (answer.ok) asked.push(nameOf(url));
        if (answer.ok) recorded.set(nameOf(url), text);
        return new Response(text, answer);
      };
      await command(surroundings());
    }
    await cloud.close();
  });
  afterAll(() => {
    globalThis.fetch = realFetch;
  });

  const nameOf = (url: unknown): string => String(url).replace(/^https?:\/\/[^/]+|created_at__range=[^&]*/g, "");
  const surroundings = (): CommandDependencies => bench(env, { now: new Date("2026-03-02T12:00:00Z") });

  const names = ["plan", "list", "status", "drift", "import", "logs", "sla", "cleanup"];
  it.each(names)("%s", async (name) => {
    const samples = requests.get(name)!;
    const changed = fc.nat({ max: samples.length - 1 }).chain((i) => {
      const text = recorded.get(samples[i]!)!;
      const json = text.startsWith("{") ? mutatedJson(JSON.parse(text)) : mutatedText(text);
      return fc.record({ path: fc.constant(samples[i]!), text: json });
    });
    await fuzz(changed, ({ path, text }) => {
      rmSync(join(folder, "dbt-job-manager"), { recursive: true, force: true });
      globalThis.fetch = (url) => {
        const asked = nameOf(url);
        const answer = asked === path ? text : recorded.get(asked);
        return Promise.resolve(new Response(answer ?? '{"status":{}}', { status: answer === undefined ? 404 : 200 }));
      };
      return commands[name]!(surroundings());
    });
  });
});
