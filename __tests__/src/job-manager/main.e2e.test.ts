import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { version } from "../../../src/job-manager/package.json";
import { envFile, envFileWithJob, jobData } from "../../support/env-file";
import { envFolder } from "../../support/env-folder";
import { runNode, type ProgramRun } from "../../support/run-program";
import { personEnv } from "../../support/work-on-branch";

const ROOT = resolve(__dirname, "../../..");
const BIN = join(ROOT, "src/job-manager/bin.cjs");
const SHIPPED = join(ROOT, "environments");

const run = (args: readonly string[], env: Record<string, string> = {}, cwd = ROOT): Promise<ProgramRun> =>
  runNode([BIN, ...args], { cwd, env });

/** Parts of the text that Node.js prints for an uncaught error. */
const STACK_TRACE = /\n\s+at |node_modules|node:internal|Error:/;

describe("exit code 0", () => {
  it("and a summary on stdout when the files are valid", async () => {
    expect(await run(["validate"])).toEqual({
      exitCode: 0,
      stdout: [
        "development: 9 jobs, applied by api",
        "production: 5 jobs, applied by terraform",
        "staging: 6 jobs, applied by terraform",
        "20 jobs in 3 environments: no problems\n",
      ].join("\n"),
      stderr: "",
    });
  });

  it("for help, which shows examples, and for the version", async () => {
    const [help, show, programVersion] = await Promise.all([
      run(["--help"]),
      run(["show", "--help"]),
      run(["--version"]),
    ]);
    expect([help, show, programVersion].map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    expect(help.stdout).toContain("validate [options] [files...]");
    expect(show.stdout).toContain("$ dbt-job-manager show environments/prod.yaml --next 5");
    expect(programVersion.stdout).toBe(`${version}\n`);
  });

  it.each(["--version", "--help"])("for %s without loading zod, yaml or any command", async (flag) => {
    const program = ["--require", join(ROOT, "__tests__/support/print-loaded-files.cjs"), BIN, flag];
    const { exitCode, stderr } = await runNode(program, { cwd: ROOT, env: {} });
    const files = JSON.parse(stderr.trimEnd().split("\n").at(-1)!) as string[];
    const packages = new Set(files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
    expect([exitCode, [...packages].sort()]).toEqual([0, ["commander", "picocolors"]]);
    expect(files.filter((file) => /\/(?:commands\/(?!command\.)|jobs\/definition\.)/.test(file))).toEqual([]);
  });

  it("from another folder, for files that are named", async () => {
    const { exitCode, stdout } = await run(["validate", join(SHIPPED, "prod.yaml")], {}, "/");
    expect([exitCode, stdout.split("\n").at(-2)]).toEqual([0, "5 jobs in 1 environment: no problems"]);
  });

  it("and JSON on stdout with --json", async () => {
    const [validate, show] = await Promise.all([run(["validate", "--json"]), run(["show", "--json", "--next", "3"])]);
    expect([validate.exitCode, validate.stderr, show.exitCode, show.stderr]).toEqual([0, "", 0, ""]);
    expect(JSON.parse(validate.stdout)).toMatchObject({ version: 1, ok: true, result: { valid: true, problems: [] } });
    const { result: shown } = JSON.parse(show.stdout) as { result: { jobs: { next_runs: string[] }[] }[] };
    expect(shown.map(({ jobs }) => jobs.length)).toEqual([9, 5, 6]);
    expect(shown.flatMap(({ jobs }) => jobs).filter((job) => job.next_runs.length === 3)).toHaveLength(19);
  });
});

describe("a piped table", () => {
  const wide = `dbt build --select ${"tag:a_long_name ".repeat(20).trim()}`;

  it("is as wide as its content on any terminal, and has no colors", async () => {
    const folder = envFolder({ "a.yaml": envFileWithJob({ execute_steps: [wide] }) });
    const terminals: Record<string, string>[] = [
      {},
      { COLUMNS: "40" },
      { NO_COLOR: "1" },
      { FORCE_COLOR: "1", NO_COLOR: "1" },
      { CI: "true", TERM: "dumb" },
    ];
    const runs = await Promise.all(terminals.map((env) => run(["show", folder], env)));
    for (const { exitCode, stdout } of runs) {
      expect(exitCode).toBe(0);
      expect(stdout).toContain(wide);
      expect(stdout).not.toMatch(/\u001b|…/);
    }
  });

  it("ends without an error when its reader closes the pipe", () => {
    const { status, stderr } = spawnSync("sh", ["-c", `"$0" "$1" show | true`, process.execPath, BIN], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("exit code 78", () => {
  const folder = (): string =>
    envFolder({
      "prod.yaml": envFileWithJob({ schedule: { at: ["25:00"] }, execute_steps: ["rm -rf / && dbt biuld"] }),
      "dev.yaml": envFile({ name: "development", jobs: { a: jobData({ triggers: { schedul: true } }) } }),
      "empty.yaml": "",
      "latin1.yaml": Uint8Array.from([0x6e, 0xe9]),
    });

  it("and every problem of every file on stderr, nothing on stdout, no stack trace", async () => {
    const cwd = folder();
    const { exitCode, stdout, stderr } = await run(["validate", "."], {}, cwd);
    expect([exitCode, stdout]).toEqual([78, ""]);
    expect(stderr.split("\n").filter((line) => /^\S+\.yaml:\d+:\d+/.test(line))).toEqual([
      "dev.yaml:17:7  jobs.a.triggers.schedul: unknown key `schedul`",
      "empty.yaml:1:1: the file is empty",
      "latin1.yaml:1:1: the file is not UTF-8 text",
      "prod.yaml:8:7  environment.id: dev.yaml already declares this deployment environment, so its jobs would be declared twice",
      'prod.yaml:15:9  jobs.attribution.execute_steps[0]: "&&" is shell syntax, and no shell runs the step',
      "prod.yaml:18:11  jobs.attribution.schedule.at[0]: it does not have the right form",
    ]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it("and the problems as JSON on stdout with --json", async () => {
    const [validate, show] = await Promise.all([
      run(["validate", "--json", folder()]),
      run(["show", "--json", folder()]),
    ]);
    for (const { exitCode, stdout, stderr } of [validate, show]) {
      expect([exitCode, stderr]).toEqual([78, ""]);
      const { ok, error } = JSON.parse(stdout) as {
        ok: boolean;
        error: { code: string; problems: Record<string, unknown>[] };
      };
      expect([ok, error.code]).toEqual([false, "configuration"]);
      const { problems } = error;
      expect(problems).toHaveLength(6);
      expect(Object.keys(problems[0]!)).toEqual(["file", "line", "column", "path", "reason", "allowed", "fix"]);
    }
  });

  it("for files and folders that do not exist, or have no env file", async () => {
    const empty = envFolder({ "notes.txt": "x" });
    const { exitCode, stderr } = await run(["validate", "missing.yaml", empty, "nowhere/"], {}, empty);
    expect(exitCode).toBe(78);
    expect(stderr).toContain("missing.yaml: there is no such file or folder\n");
    expect(stderr).toContain(`${empty}: the folder has no env file\n`);
    expect(stderr).toContain("nowhere/: there is no such file or folder\n");
    expect(stderr).toContain("  fix:     check the path; the files of this project are in environments/\n");
    expect(stderr).toContain("3 problems in 3 files");
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it("for invalid environment variables", async () => {
    const { exitCode, stdout, stderr } = await run(["validate"], { DBTCLOUD_ACCOUNT_ID: "mine", TEAM_NAME: "A B" });
    expect([exitCode, stdout]).toEqual([78, ""]);
    expect(stderr).toContain("environment  DBTCLOUD_ACCOUNT_ID: DBTCLOUD_ACCOUNT_ID is not an id\n");
    expect(stderr).toContain("environment  TEAM_NAME: TEAM_NAME cannot be the start of a job's name\n");
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it("for an environment variable that contradicts Terraform's files, with both values", async () => {
    const { exitCode, stderr } = await run(["validate"], { PROJECT_ID: "103", TEAM_NAME: "growth-team" });
    expect(exitCode).toBe(78);
    for (const text of ["PROJECT_ID is 103", "got:     102", "TEAM_NAME is growth-team", 'got:     "marketing-team"']) {
      expect(stderr).toContain(text);
    }
  });

  it("for 20,000 levels of nesting, with a message and at once", async () => {
    const cwd = envFolder({ "deep.yaml": "[".repeat(20_000) + "]".repeat(20_000), "map.yaml": "{a: ".repeat(20_000) });
    const { exitCode, stderr } = await run(["validate", "."], {}, cwd);
    expect(exitCode).toBe(78);
    expect(stderr).toContain("deep.yaml:1:65: lists or mappings are nested too deeply\n");
    expect(stderr).toContain("map.yaml:1:257: lists or mappings are nested too deeply\n");
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});

describe("exit code 64", () => {
  it.each([
    [["validat"], "error: unknown command 'validat'"],
    [["validate", "--jsn"], "error: unknown option '--jsn'"],
    [["show", "--next", "0"], "It must be a whole number from 1 to 999."],
    [["show", "--next", "many"], "It must be a whole number from 1 to 999."],
    [["show", "--next"], "error: option '--next <n>' argument missing"],
  ])("and a message on stderr for %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [["validate", "--jsn", "--json"], "unknown option '--jsn'\n(Did you mean --json?)"],
    [["validat", "--json"], "unknown command 'validat'\n(Did you mean validate?)"],
    [
      ["compare", "staging", "nowhere", "--json"],
      "there is no environment nowhere\nenvironments: development, production, staging",
    ],
  ])("and JSON on stdout for %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stderr]).toEqual([64, ""]);
    expect(JSON.parse(stdout)).toEqual({ version: 1, ok: false, error: { code: "usage", message, problems: [] } });
  });

  it("and the help on stderr without a command", async () => {
    const { exitCode, stdout, stderr } = await run([]);
    expect([exitCode, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("Usage: dbt-job-manager");
  });
});

describe("no stack trace", () => {
  const inShell = (script: string): { status: number | null; stderr: string } =>
    spawnSync("sh", ["-c", script, process.execPath, BIN], { cwd: envFolder({}), encoding: "utf8" });

  it("for a path that is too long", async () => {
    const deep = `${"x".repeat(200)}/`.repeat(25);
    const runs = await Promise.all([
      run(["validate", deep]),
      run(["plan", "--config", `${deep}dev.yaml`]),
      run(["validate", `${"x".repeat(5000)}.yaml`]),
    ]);
    for (const { exitCode, stderr } of runs) {
      expect(exitCode).toBe(78);
      expect(stderr).not.toMatch(STACK_TRACE);
    }
    expect(runs[2].stderr).toContain("the path is longer than the system allows");
  });

  it("in a folder that is gone", () => {
    const { status, stderr } = inShell('mkdir gone && cd gone && rmdir ../gone && "$0" "$1" plan');
    expect([status, stderr]).toEqual([
      1,
      "the working directory does not exist any more; change to a folder that exists, and try again\n",
    ]);
  });

  it("for output to a full disk", () => {
    for (const command of ["show", "--help", "validate --json"]) {
      const { status, stderr } = inShell(`cd ${ROOT} && "$0" "$1" ${command} > /dev/full`);
      expect([status, stderr]).toEqual([1, "the output cannot be written: ENOSPC: no space left on device, write\n"]);
    }
    expect(inShell(`"$0" "$1" plan 2> /dev/full > /dev/full`)).toMatchObject({ status: 1, stderr: "" });
  });

  it("outside a project, and the message names the folders that were searched", async () => {
    const folder = realpathSync(envFolder({}));
    const runs = await Promise.all([["plan"], ["validate"], ["show"]].map((args) => run(args, {}, folder)));
    for (const { exitCode, stderr } of runs) {
      expect([exitCode, stderr]).toEqual([
        78,
        `there is no project here: ${folder} and the folders above it have no cdktf.json. ` +
          "Change to a folder of the project, or name the env file\n",
      ]);
    }
  });
});

describe("no secret", () => {
  const SECRETS = {
    DBTCLOUD_TOKEN: "dbtc_planted_in_the_environment",
    TF_HTTP_PASSWORD: 'planted "password" \\ of state',
    TF_VAR_redshift_password: "planted-for-redshift",
  };
  const IN_FILES = ["dbtc_planted_in_a_file", "planted-url-password", "planted-variable", "planted-attribute"];

  const bad = envFile({
    team: SECRETS.DBTCLOUD_TOKEN,
    timezone: SECRETS.TF_HTTP_PASSWORD,
    git_branch: [SECRETS.TF_VAR_redshift_password],
    environment_variables: { DBT_X: ["planted-variable"], DBT_ENV_SECRET_Y: "planted-variable", z: "planted-variable" },
    environment: { managed: { extended_attributes: "planted-attribute" } },
    project: { managed: { repository: { remote_url: "https://user:planted-url-password@gitlab.example.com/x.git" } } },
    notifications: { environment_variables: { DBT_X: "planted-variable" } },
    jobs: {
      a: jobData({
        threads: "dbtc_planted_in_a_file",
        category: `${"x".repeat(60)}${SECRETS.DBTCLOUD_TOKEN}`,
        execute_steps: [`dbt build ${SECRETS.DBTCLOUD_TOKEN}`, "dbt biuld --vars 'dbtc_planted_in_a_file'"],
        [SECRETS.DBTCLOUD_TOKEN]: 1,
      }),
    },
  });

  it("is in any output about bad files", async () => {
    const cwd = envFolder({
      "a.yaml": bad,
      "b.yaml": `x: "${SECRETS.DBTCLOUD_TOKEN}" y\n`,
      "c.yaml": "- DBT_X: planted-variable\n",
    });
    const runs = await Promise.all([
      run(["validate", "."], SECRETS, cwd),
      run(["validate", ".", "--json"], SECRETS, cwd),
      run(["show", "."], SECRETS, cwd),
      run(["show", ".", "--json"], SECRETS, cwd),
    ]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([78, 78, 78, 78]);
    for (const { stdout, stderr } of runs) {
      const output = stdout + stderr;
      expect(output).toContain("***");
      expect([...Object.values(SECRETS), ...IN_FILES, "planted"].filter((secret) => output.includes(secret))).toEqual(
        [],
      );
    }
  });

  it("is in any output about bad env vars", async () => {
    const env = {
      ...SECRETS,
      DBTCLOUD_ACCOUNT_ID: SECRETS.DBTCLOUD_TOKEN,
      DBTCLOUD_HOST_URL: "https://user:planted-url-password@cloud.getdbt.com",
      TF_STATE_URL: "https://planted-url-password@gitlab.example.com/state",
      PROJECT_ID: SECRETS.TF_HTTP_PASSWORD,
      TEAM_NAME: SECRETS.TF_VAR_redshift_password,
    };
    const runs = await Promise.all([run(["validate"], env), run(["show", "--json"], env)]);
    for (const { exitCode, stdout, stderr } of runs) {
      expect(exitCode).toBe(78);
      expect(stdout + stderr).not.toContain("planted");
    }
  });

  it("is in any output about a wrong command line", async () => {
    const lines = [
      [SECRETS.DBTCLOUD_TOKEN],
      ["validate", `--token=${SECRETS.TF_HTTP_PASSWORD}`],
      ["show", "--next", SECRETS.DBTCLOUD_TOKEN],
    ];
    const runs = await Promise.all(lines.map((args) => run(args, SECRETS)));
    for (const { exitCode, stdout, stderr } of runs) {
      expect(exitCode).toBe(64);
      expect(stderr).toContain("***");
      expect(stdout + stderr).not.toContain("planted");
    }
  });

  it("is in any output about good files", async () => {
    const good = envFile({ environment_variables: { DBT_X: "planted-variable" } });
    const cwd = envFolder({ "a.yaml": good });
    const runs = await Promise.all(
      [["validate"], ["validate", "--json"], ["show"], ["show", "--json"]].map((args) =>
        run([...args, "."], SECRETS, cwd),
      ),
    );
    for (const { exitCode, stdout, stderr } of runs) {
      expect(exitCode).toBe(0);
      expect(stdout + stderr).not.toContain("planted");
    }
  });
});

describe("a request that Node.js loses", () => {
  const list = (env: Readonly<Record<string, string>> = {}): Promise<ProgramRun> => {
    const lose = ["--require", join(ROOT, "__tests__/support/lost-requests.cjs")];
    const program = [...lose, BIN, "list", "--config", join(SHIPPED, "dev.yaml")];
    return runNode(program, { cwd: ROOT, env: { ...personEnv({ url: "http://127.0.0.1:9999" }), ...env } });
  };

  it("counts as a request without an answer", async () => {
    const { exitCode, stderr } = await list();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/did not answer; .*\n  detail: no answer within 30 seconds/),
    ]);
  });

  it("never ends the program as if it had succeeded", async () => {
    const { exitCode, stdout, stderr } = await list({ LOST_FOR_GOOD: "1" });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "the program ended before its work was done; try again\n",
    });
  });
});
