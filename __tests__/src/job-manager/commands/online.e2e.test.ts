import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { markedDescription } from "../../../../src/job-manager/branch-jobs/mark";
import { branch, mark } from "../../../support/branch-records";
import { envFile, jobData, type Overrides } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { JOB_MANAGER, startJobManager } from "../../../support/job-manager-process";
import { startLocalCloud, type LocalCloudProcess } from "../../../support/local-cloud-process";
import type { ProgramRun } from "../../../support/run-program";
import { scriptedServer } from "../../../support/scripted-server";
import { devFile, JOBS } from "../../../support/work-on-branch";

/** Parts of the text that Node.js prints for an uncaught error. */
const STACK_TRACE = /\n\s+at |node_modules|node:internal|(?:Type|Reference|Syntax|Zod)Error/;
/** Escape codes for colors and for lines that are replaced. */
const TERMINAL = /\u001b|\r/;

let cloud: LocalCloudProcess;
beforeAll(async () => {
  cloud = await startLocalCloud(envFolder({ "dbt_project.yml": "name: p\nprofile: p\n" }));
});
afterAll(() => cloud.stop());

/** Each test has its own branch, so that all tests can share a dbt Cloud. */
let count = 0;
let ref: string;
beforeEach(() => {
  ref = `feature/${++count}`;
});

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  DBTCLOUD_HOST_URL: cloud.url,
  DBTCLOUD_ACCOUNT_ID: "12345",
  DBTCLOUD_TOKEN: cloud.token,
  CI_COMMIT_REF_NAME: ref,
  GITLAB_USER_LOGIN: "jennifer",
  ...more,
});

/** Runs the program, which never prints a token, a stack trace, or more than text. */
async function run(args: readonly string[], more: Record<string, string> = {}, cwd?: string): Promise<ProgramRun> {
  const ended = await startJobManager(args, env(more), cwd).ended;
  const all = ended.stdout + ended.stderr;
  expect(all).not.toContain(cloud.token);
  expect(all).not.toMatch(STACK_TRACE);
  expect(all).not.toMatch(TERMINAL);
  return ended;
}

const nameOf = (key: string): string => branch({ ref }).nameOf(key);

interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

async function jobs(): Promise<JobRow[]> {
  const all = (await cloud.send("GET", "v2/jobs/?environment_id=999")) as JobRow[];
  return all.filter(({ name }) => name.startsWith(nameOf("")));
}

async function addJob(more: Overrides): Promise<number> {
  const job = { project_id: 102, environment_id: 999, execute_steps: ["dbt build"], ...more };
  return ((await cloud.send("POST", "v2/jobs/", job)) as JobRow).id;
}

/** The result that a command printed as JSON, or else its error. */
const json = ({ stdout }: ProgramRun): unknown => {
  const { result, error } = JSON.parse(stdout) as { result?: unknown; error?: unknown };
  return result ?? error;
};

const config = (file = devFile()): string[] => ["--config", file];

describe("deploy", () => {
  it("shows plan and progress on stderr, and the summary on stdout", async () => {
    const first = await run(["deploy", ...config()]);
    expect([first.exitCode, first.stdout.split("\n").slice(-4)]).toEqual([
      0,
      [
        expect.stringMatching(/^created {3}validation {2}http:\S+\/deploy\/12345\/projects\/102\/jobs\/\d+$/),
        "4 created, 0 updated, 0 deleted, 0 unchanged, 0 failed.",
        `Scheduled runs use the environment's git branch in dbt Cloud, and only \`dbt-job-manager run\` uses your branch. Both build into marketing_feature_${count}_jennifer.`,
        "",
      ],
    ]);
    expect(first.stderr).toContain("  + attribution  At 05:00, 1 step\n");
    expect(first.stderr).toMatch(/^created extract \(\d of 4\)$/m);
    const again = await run(["deploy", ...config()]);
    expect([again.exitCode, again.stderr, again.stdout.split("\n")[0]]).toEqual([
      0,
      "",
      "0 created, 0 updated, 0 deleted, 4 unchanged, 0 failed.",
    ]);
  });

  it("prints nothing but JSON on stdout with --json", async () => {
    const deployed = await run(["deploy", ...config(), "--json"]);
    expect(json(deployed)).toMatchObject({
      plan: { ref, user: "jennifer", jobs: [{}, {}, {}, {}] },
      totals: { create: 4 },
      applied: [{ action: "create" }, {}, {}, {}],
    });
    expect(deployed.stderr).toContain("+ extract");
    const planned = await run(["plan", ...config(), "--json"]);
    expect([planned.exitCode, planned.stderr, json(planned)]).toMatchObject([0, "", { totals: { unchanged: 4 } }]);
  });

  it("ends with 2 only on request", async () => {
    const file = devFile();
    const codes = async (...commands: string[][]): Promise<(number | null)[]> =>
      (await Promise.all(commands.map((args) => run([...args, ...config(file)])))).map(({ exitCode }) => exitCode);
    expect(await codes(["plan"], ["plan", "--exit-code"], ["deploy", "--dry-run", "--exit-code"])).toEqual([0, 2, 2]);
    expect(await jobs()).toEqual([]);
    expect(await codes(["deploy", "--exit-code"])).toEqual([0]);
    expect(await codes(["plan", "--exit-code"])).toEqual([0]);
  });

  it("shows each field that was changed in dbt Cloud", async () => {
    const file = devFile();
    await run(["deploy", ...config(file)]);
    const job = (await jobs()).find(({ name }) => name === nameOf("campaigns"))!;
    await cloud.send("POST", `v2/jobs/${job.id}/`, {
      ...job,
      execute_steps: ["dbt run --full-refresh"],
      settings: { threads: 16 },
    });
    const planned = await run(["plan", ...config(file)]);
    expect(planned.stdout).toContain(
      [
        `  ~ campaigns  job ${job.id}  changed in dbt Cloud after the last deploy`,
        "      execute_steps[0]: dbt run --full-refresh → dbt run",
        "      execute_steps[1]: (none) → dbt test",
        "      threads: 16 → 4",
        "Plan: 0 to create, 1 to update, 0 to delete, 3 unchanged.",
      ].join("\n"),
    );
  });

  it("ends with 1 and reports each obstacle before the first write, also as JSON", async () => {
    await addJob({ name: nameOf("extract") });
    const file = devFile({ extract: jobData({ environment_variables: { DBT_NOBODY_KNOWS: "1" } }), other: jobData() });
    const [text, asJson] = await Promise.all([
      run(["deploy", ...config(file)]),
      run(["deploy", ...config(file), "--json"]),
    ]);
    expect([text.exitCode, text.stdout]).toEqual([1, ""]);
    expect(text.stderr).toContain(`"${nameOf("extract")}": it has this branch's name but not its mark`);
    expect(text.stderr).toContain(
      "environment variable DBT_NOBODY_KNOWS: the dbt Cloud project does not have this variable",
    );
    expect(text.stderr).toContain("2 obstacles: nothing was changed\n");
    expect([asJson.exitCode, asJson.stderr, json(asJson)]).toMatchObject([1, "", { obstacles: [{}, {}] }]);
    expect(await jobs()).toHaveLength(1);
    const adopted = await run(["deploy", ...config(devFile({ extract: jobData() })), "--adopt"]);
    expect([adopted.exitCode, adopted.stdout]).toEqual([0, expect.stringContaining("0 created, 1 updated")]);
  });

  it("ends with 1 when another owner's jobs have its names and schema", async () => {
    const theirs = mark({ key: "extract", ref: "feature", user: `${count}-jennifer`, schema: branch({ ref }).schema });
    const id = await addJob({ name: nameOf("extract"), description: markedDescription("Theirs", theirs) });
    for (const more of [[], ["--adopt"]]) {
      const { exitCode, stderr } = await run(["deploy", ...config(), ...more]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`job ${id} "${nameOf("extract")}": it belongs to branch feature of ${count}-jennifer`);
      expect(stderr).toContain(
        `schema marketing_feature_${count}_jennifer: branch feature of ${count}-jennifer builds into`,
      );
    }
    expect(await jobs()).toMatchObject([{ id, description: markedDescription("Theirs", theirs) }]);
  });

  it("deletes most of the jobs only with --yes, and keeps a copy", async () => {
    await run(["deploy", ...config()]);
    const [first] = await jobs();
    const copy = await addJob({ name: `${nameOf("")}copy`, description: first!.description });
    const less = devFile({ extract: JOBS.extract });
    const refused = await run(["deploy", ...config(less)]);
    expect([refused.exitCode, refused.stdout, (await jobs()).length]).toEqual([1, "", 5]);
    expect(refused.stderr).toContain("Add --yes to delete 3 of the branch's 4 jobs. Nothing was changed.");
    const done = await run(["deploy", ...config(less), "--yes"]);
    expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining("3 deleted, 1 unchanged")]);
    expect(done.stdout).toContain(
      `Copies of this branch's jobs, which were made in dbt Cloud and are not changed: job ${copy}`,
    );
    expect((await jobs()).map(({ id }) => id)).toEqual([first!.id, copy]);
  });

  it("writes nothing with DBTCLOUD_READONLY, and ends with 1", async () => {
    const { exitCode, stderr } = await run(["deploy", ...config()], { DBTCLOUD_READONLY: "1" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("DBTCLOUD_READONLY blocks every write");
    expect(await jobs()).toEqual([]);
  });

  it("cuts nothing and shows no colors in any terminal", async () => {
    const wide = `dbt build --select ${"tag:a_long_name ".repeat(20).trim()}`;
    const file = devFile({ extract: jobData({ execute_steps: [wide] }) });
    await run(["deploy", ...config(devFile({ extract: jobData() }))]);
    const terminals = [{}, { COLUMNS: "40" }, { NO_COLOR: "1" }, { FORCE_COLOR: "1" }, { CI: "true", TERM: "dumb" }];
    for (const { stdout } of await Promise.all(
      terminals.map((more) => run(["plan", ...config(file)], more as Record<string, string>)),
    )) {
      expect(stdout).toContain(`      execute_steps[0]: dbt build → ${wide}\n`);
    }
  });

  it("never prints a secret of its own or of dbt Cloud, even with --verbose", async () => {
    const secret = 'pa55-w0rd+of/the"warehouse';
    await cloud.send("POST", "v3/projects/102/environment-variables/bulk/", {
      env_var: { new_name: `DBT_ENV_SECRET_${count}`, project: "never-shown-1" },
    });
    await cloud.send("POST", "v3/projects/102/environment-variables/bulk/", {
      env_var: { new_name: `DBT_A${count}`, project: "x" },
    });
    const jobsWith = (value: string): string =>
      devFile({
        extract: jobData({ description: `It says ${value}`, environment_variables: { [`DBT_A${count}`]: value } }),
      });
    const more = { DBT_ENV_SECRET_KEY: secret, WAREHOUSE_PASSWORD: secret };
    const first = await run(["deploy", ...config(jobsWith(secret)), "--verbose"], more);
    expect([first.exitCode, first.stderr]).toEqual([0, expect.stringContaining('"raw_value":"***"')]);
    const [job] = await jobs();
    await cloud.send("POST", "v3/projects/102/environment-variables/", {
      name: `DBT_ENV_SECRET_${count}`,
      type: "job",
      job_definition_id: job!.id,
      raw_value: "never-shown-2",
    });
    const outputs = await Promise.all([
      run(["plan", ...config(jobsWith("30")), "--full", "--verbose"], more),
      run(["plan", ...config(jobsWith("30")), "--full", "--json"], more),
      run(["list", ...config(), "--details", "--json", "--verbose"], more),
    ]);
    const all = [first, ...outputs].map(({ stdout, stderr }) => stdout + stderr).join("\n");
    expect(outputs[0].stdout).toContain(`environment_variables.DBT_A${count}: *** → 30`);
    expect(outputs[0].stdout).toMatch(new RegExp(`environment_variables.DBT_ENV_SECRET_${count}: \\*+ → \\(none\\)`));
    for (const hidden of [secret, JSON.stringify(secret).slice(1, -1), "never-shown"])
      expect(all).not.toContain(hidden);
  });

  it("shows requests and payloads only with --verbose, on stderr", async () => {
    const quiet = await run(["plan", ...config()]);
    const loud = await run(["plan", ...config(), "--verbose", "--json"]);
    expect(quiet.stderr).toBe("");
    expect(loud.stderr).toContain("GET v2/jobs/?project_id=102&environment_id=999&limit=100\n");
    expect(json(loud)).toMatchObject({ totals: { create: 4 } });
  });
});

describe("exit code 64", () => {
  it.each([
    ["main", "main has no branch jobs, because Terraform applies its jobs after a merge; check out a feature branch"],
    [
      "production",
      "production has no branch jobs, because Terraform applies its jobs after a merge; check out a feature branch",
    ],
  ])("for a deploy of %s", async (protectedRef, words) => {
    const { exitCode, stdout, stderr } = await run(["deploy", ...config()], { CI_COMMIT_REF_NAME: protectedRef });
    expect([exitCode, stdout, stderr]).toEqual([64, "", `${words}\n`]);
  });

  it.each([["deploy"], ["plan"], ["list"], ["cleanup", "--older-than", "7"]])(
    "for Terraform's file: %s",
    async (...args) => {
      const file = devFile().replace("dev.yaml", "prod.yaml");
      const { exitCode, stderr } = await run([...args, ...config(file)]);
      expect(exitCode).toBe(64);
      expect(stderr).toMatch(
        /^Terraform applies \S+prod\.yaml, and \w+ is only for branch jobs; .*`npx cdktf deploy production` changes them\n$/,
      );
    },
  );

  it.each<[string[], string]>([
    [["deploy", "--only", "atribution"], "has no job with the key atribution; did you mean attribution?"],
    [["run", "atribution"], "has no job with the key atribution; did you mean attribution?"],
    [["status", "atribution"], "has no job with the key atribution; did you mean attribution?"],
    [["run", "attribution", "--dbt-version", "1.11"], "--dbt-version: it is not a release track or a version of dbt\n"],
    [["run"], "name the jobs to run, or add --all."],
    [["cleanup"], "cleanup needs at least one of --older-than DAYS, --merged and --branch REF"],
    [["cleanup", "--older-than", "0"], "It must be a whole number from 1 to 999."],
    [["cleanup", "--older-than", "seven"], "It must be a whole number from 1 to 999."],
    [["deploy", "--dryrun"], "unknown option '--dryrun'"],
    [["deplyo"], "unknown command 'deplyo'"],
    [
      ["schedule", "--timezone", "Mars"],
      "Mars is not a time zone; use a name from the IANA time zone database, such as Europe/Berlin",
    ],
    [["compare", "prod"], "missing required argument 'right'"],
    [["compare", "prod", "qa"], "there is no environment qa"],
  ])("for %j", async (args, words) => {
    const needsFile = ["deploy", "status", "cleanup"].includes(args[0]!) || (args.length === 2 && args[0] === "run");
    const { exitCode, stdout, stderr } = await run(needsFile ? [...args, ...config()] : args);
    expect([exitCode, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(words);
  });

  it("as JSON with --json", async () => {
    const result = await run(["deploy", ...config(), "--json"], { CI_COMMIT_REF_NAME: "main" });
    expect([result.exitCode, result.stderr, json(result)]).toEqual([
      64,
      "",
      { code: "usage", message: expect.stringContaining("main has no branch jobs") as string, problems: [] },
    ]);
  });
});

describe("exit code 78", () => {
  it("for missing environment variables, each with its purpose", async () => {
    const cwd = envFolder({
      "environments/dev.yaml": readFileSync(devFile(), "utf8"),
      "environments/prod.yaml": envFile(),
    });
    const missing = { DBTCLOUD_ACCOUNT_ID: "", DBTCLOUD_TOKEN: "", CI_COMMIT_REF_NAME: "" };
    for (const args of [["deploy"], ["list"], ["status"], ["run", "extract"], ["cleanup", "--older-than", "7"]]) {
      const { exitCode, stdout, stderr } = await run([...args, "--config", "environments/dev.yaml"], missing, cwd);
      expect([exitCode, stdout]).toEqual([78, ""]);
      expect(stderr).toContain(
        "environment  DBTCLOUD_ACCOUNT_ID: it is not set: the number of the dbt Cloud account\n",
      );
      expect(stderr).toContain("environment  DBTCLOUD_TOKEN: it is not set: the token by which dbt Cloud knows you\n");
      expect(stderr).toContain("environment  CI_COMMIT_REF_NAME: it is not set, and git does not know the branch:");
      expect(stderr).toContain("3 problems\n");
    }
  });

  it("for an invalid env file, with every problem, also as JSON", async () => {
    const file = devFile({ extract: jobData({ threads: 0, execute_steps: ["dbt biuld"] }) });
    const [text, asJson] = await Promise.all([
      run(["deploy", ...config(file)]),
      run(["deploy", ...config(file), "--json"]),
    ]);
    expect([text.exitCode, text.stdout]).toEqual([78, ""]);
    expect(text.stderr).toContain("2 problems in 1 file");
    expect([asJson.exitCode, json(asJson)]).toMatchObject([78, { code: "configuration", problems: [{}, {}] }]);
  });

  it.each(["missing.yaml", "empty.yaml", "."])(
    "for %s, which is never treated as a file without jobs",
    async (name) => {
      const cwd = envFolder({ "empty.yaml": "" });
      const { exitCode } = await run(["deploy", "--config", name], {}, cwd);
      expect(exitCode).toBe(78);
    },
  );

  it("for --local without a local dbt Cloud", async () => {
    const cwd = envFolder({ "cdktf.json": "{}", "dev.yaml": readFileSync(devFile(), "utf8") });
    const { exitCode, stderr } = await run(["list", "--local", "--config", "dev.yaml"], { XDG_STATE_HOME: cwd }, cwd);
    expect([exitCode, stderr]).toEqual([78, expect.stringContaining("no local dbt Cloud runs on this machine")]);
  });
});

describe("--local", () => {
  it("uses the local dbt Cloud of the project, from any folder in it, in spite of other settings", async () => {
    const file = devFile();
    const root = envFolder({
      "cdktf.json": "{}",
      "environments/dev.yaml": readFileSync(file, "utf8"),
      "environments/prod.yaml": readFileSync(join(dirname(file), "prod.yaml"), "utf8"),
      "state/local-dbt-cloud/1.json": JSON.stringify({
        url: cloud.url,
        token: cloud.token,
        account_id: 12345,
        state: null,
        pid: process.pid,
      }),
      "deeper/x": "",
    });
    const elsewhere = {
      XDG_STATE_HOME: join(root, "state"),
      DBTCLOUD_HOST_URL: "http://127.0.0.1:1",
      DBTCLOUD_TOKEN: "dbtc_of_another",
      DBTCLOUD_ACCOUNT_ID: "7",
    };
    const deployed = await run(["deploy", "--local", "--verbose"], elsewhere, join(root, "deeper"));
    expect([deployed.exitCode, deployed.stdout]).toEqual([0, expect.stringContaining("4 created")]);
  });
});

describe("exit code 1", () => {
  it("for an unknown token", async () => {
    const { exitCode, stdout, stderr } = await run(["list", ...config()], { DBTCLOUD_TOKEN: "dbtc_wrong_token" });
    expect([exitCode, stdout, stderr]).toEqual([
      1,
      "",
      [
        "dbt Cloud does not accept the token (401); check DBTCLOUD_TOKEN",
        "  detail: Invalid token",
        "  request: GET v2/jobs/?project_id=102&environment_id=999&limit=100\n",
      ].join("\n"),
    ]);
  });

  it("for an account without permission, also as JSON", async () => {
    const result = await run(["list", ...config(), "--json"], { DBTCLOUD_ACCOUNT_ID: "7" });
    expect([result.exitCode, json(result)]).toMatchObject([
      1,
      {
        code: "dbt_cloud",
        message: expect.stringContaining("dbt Cloud does not allow the request with this token (403)") as string,
      },
    ]);
  });

  it("for a host without a server, after several attempts", async () => {
    const gone = await scriptedServer(() => "drop");
    await gone.close();
    const { exitCode, stderr } = await run(["list", ...config()], { DBTCLOUD_HOST_URL: gone.url });
    expect([exitCode, stderr]).toEqual([
      1,
      [
        `${gone.url} did not answer; check DBTCLOUD_HOST_URL and the network`,
        `  detail: connect ECONNREFUSED ${gone.url.slice(7)}`,
        "  request: GET v2/jobs/?project_id=102&environment_id=999&limit=100\n",
      ].join("\n"),
    ]);
  });

  it("and the text of dbt Cloud escaped, in one of three lines", async () => {
    const message = "\u001b]0;title\u0007\u009b2J\u202eleft\nsecond line";
    const foreign = await scriptedServer(() => ({
      status: 400,
      json: { status: { user_message: message }, data: null },
    }));
    const failed = await run(["list", ...config()], { DBTCLOUD_HOST_URL: foreign.url });
    const asJson = await run(["list", ...config(), "--json"], { DBTCLOUD_HOST_URL: foreign.url });
    await foreign.close();
    expect(failed.stderr.split("\n")).toHaveLength(4);
    expect(failed.stderr).toContain("\\u001b]0;title\\u0007\\u009b2J\\u202eleft");
    expect(asJson.stdout).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(JSON.stringify(json(asJson))).toContain("title");
  });

  it("for HTML in place of the API", async () => {
    await cloud.order({ kind: "html", code: 200, method: "GET", times: 2 });
    const { exitCode, stderr } = await run(["deploy", ...config()]);
    await cloud.order();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("dbt Cloud answered with a page of HTML; check DBTCLOUD_HOST_URL"),
    ]);
    expect(await jobs()).toEqual([]);
  });

  it("for an incomplete page", async () => {
    await addJob({ name: nameOf("x") });
    await cloud.order({ kind: "short_page", times: 1, path: "/jobs/" });
    const { exitCode, stderr } = await run(["deploy", ...config()]);
    await cloud.order();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/ has \d+ items, but \d+ of \d+ were expected/)]);
    expect(await jobs()).toHaveLength(1);
  });
});

describe("list", () => {
  it("shows the branch's jobs or everybody's as a table, or as JSON", async () => {
    await run(["deploy", ...config()]);
    const [own, details, everybody, asJson] = await Promise.all([
      run(["list", ...config()]),
      run(["list", ...config(), "--details"]),
      run(["list", ...config(), "--all-branches"], { GITLAB_USER_LOGIN: "sam" }),
      run(["list", ...config(), "--json"]),
    ]);
    const [heading, titles, ...lines] = own.stdout.trimEnd().split("\n");
    expect(heading).toBe(`marketing-team, branch ${ref} of jennifer: 4 jobs in environment 999`);
    expect(titles).toMatch(/^KEY +NAME +STATE$/);
    expect(lines.map((line) => line.split(/ {2,}/)).sort(([a], [b]) => a!.localeCompare(b!))).toEqual([
      ["attribution", nameOf("attribution"), "scheduled"],
      ["campaigns", nameOf("campaigns"), "after another job"],
      ["extract", nameOf("extract"), "on demand"],
      ["validation", nameOf("validation"), "on demand"],
    ]);
    expect(details.stdout).toMatch(/http:\S+\/deploy\/12345\/projects\/102\/jobs\/\d+$/m);
    expect(everybody.stdout).toMatch(new RegExp(`^extract +${ref} +jennifer +${nameOf("extract")} +on demand$`, "m"));
    expect([asJson.stderr, json(asJson)]).toMatchObject(["", [{ ref }, {}, {}, {}]]);
  });

  it("ends without an error when its reader closes the pipe", () => {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `"$0" "$@" | true`, process.execPath, JOB_MANAGER, "list", ...config()],
      {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], ...env() },
      },
    );
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("--help", () => {
  it.each(["deploy", "plan", "list", "status", "run", "schedule", "compare", "cleanup", "validate", "show"])(
    "of %s describes the command, with an example",
    async (command) => {
      const { exitCode, stdout, stderr } = await run([command, "--help"]);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(new RegExp(`^Usage: dbt-job-manager ${command} `));
      expect(stdout).toMatch(new RegExp(`\\nExamples:\\n  \\$ dbt-job-manager ${command}`));
      expect(stdout).toContain("--json");
    },
  );
});

describe("schedule and compare", () => {
  it("only read files, and need no account", async () => {
    const none = { DBTCLOUD_ACCOUNT_ID: "", DBTCLOUD_TOKEN: "", DBTCLOUD_HOST_URL: "http://127.0.0.1:1" };
    const [schedule, compare] = await Promise.all([
      run(["schedule", "environments/prod.yaml", "--next", "1", "--timezone", "Europe/Berlin", "--json"], none),
      run(["compare", "staging", "prod", "--json"], none),
    ]);
    expect([schedule.exitCode, schedule.stderr, json(schedule)]).toMatchObject([
      0,
      "",
      { fires: [{}, {}, {}, {}, {}] },
    ]);
    expect([compare.exitCode, compare.stderr, json(compare)]).toMatchObject([
      0,
      "",
      { left: "staging", right: "production" },
    ]);
  });
});
