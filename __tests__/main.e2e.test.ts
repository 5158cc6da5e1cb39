import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { envFile, envFileWithJob, jobData } from "./support/env-file";
import { envFolder } from "./support/env-folder";
import { runNode, type ProgramRun } from "./support/run-program";

const ROOT = resolve(__dirname, "..");
const PROGRAM = ["-r", require.resolve("ts-node/register"), join(ROOT, "main.ts")];
const SHIPPED = Object.fromEntries(
  ["dev", "staging", "prod"].map((name) => [
    `environments/${name}.yaml`,
    readFileSync(join(ROOT, `environments/${name}.yaml`), "utf8"),
  ]),
);

/** Runs the Terraform program in a new project folder. The program reads `environments` and writes `cdktf.out` there. */
async function synthesize(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramRun & { folder: string }> {
  const folder = envFolder(files);
  const run = await runNode(PROGRAM, { cwd: folder, env: { TS_NODE_PROJECT: join(ROOT, "tsconfig.json"), ...env } });
  return { ...run, folder };
}

/** Every file below a folder, by path. */
function filesIn(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

interface StackJson {
  readonly terraform: { readonly backend: Record<string, Record<string, string>> };
  readonly provider: { readonly dbtcloud: readonly Record<string, unknown>[] };
  readonly resource: {
    readonly dbtcloud_job: Readonly<Record<string, { name: string; environment_id: unknown; project_id: unknown }>>;
  };
}

function stack(folder: string, name: string): StackJson {
  return JSON.parse(readFileSync(join(folder, `cdktf.out/stacks/${name}/cdk.tf.json`), "utf8")) as StackJson;
}

/** One run without settings, which several tests share. */
let plain: Awaited<ReturnType<typeof synthesize>>;
beforeAll(async () => {
  plain = await synthesize(SHIPPED);
});

const STACK_TRACE = /\n\s+at |node_modules|node:internal/;

describe("the shipped files", () => {
  it("become one stack for each file that Terraform applies, without output and without env vars", () => {
    const { exitCode, stdout, stderr, folder } = plain;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(readdirSync(join(folder, "cdktf.out/stacks"))).toEqual(["production", "staging"]);
    expect(Object.keys(stack(folder, "production").resource.dbtcloud_job)).toHaveLength(5);
    expect(Object.keys(stack(folder, "staging").resource.dbtcloud_job)).toHaveLength(6);
  });

  it("give the same bytes in two runs", async () => {
    const again = await synthesize(SHIPPED);
    const [first, second] = [plain, again].map(({ folder }) => filesIn(join(folder, "cdktf.out")));
    expect([...first!.keys()]).toContain("stacks/production/cdk.tf.json");
    expect(second).toEqual(first);
  });

  it("keep environments 202 and 302 for any ENVIRONMENT_ID", async () => {
    const { exitCode, folder } = await synthesize(SHIPPED, { ENVIRONMENT_ID: "999" });
    expect(exitCode).toBe(0);
    for (const [name, id] of [
      ["staging", 202],
      ["production", 302],
    ] as const) {
      const jobs = Object.values(stack(folder, name).resource.dbtcloud_job);
      expect(new Set(jobs.map((job) => job.environment_id))).toEqual(new Set([id]));
      expect(new Set(jobs.map((job) => job.project_id))).toEqual(new Set([102]));
    }
    expect([...filesIn(join(folder, "cdktf.out")).values()].join("\n")).not.toContain("999");
  });
});

describe("the state", () => {
  it("of each stack has a separate address below TF_STATE_URL", async () => {
    const TF_STATE_URL = "https://gitlab.example.com/api/v4/projects/1/terraform/state/";
    const { exitCode, folder } = await synthesize(SHIPPED, { TF_STATE_URL });
    expect(exitCode).toBe(0);
    const backends = ["staging", "production"].map((name) => stack(folder, name).terraform.backend["http"]!);
    const addresses = backends.flatMap(({ address, lock_address, unlock_address }) => [
      address,
      lock_address,
      unlock_address,
    ]);
    const state = "https://gitlab.example.com/api/v4/projects/1/terraform/state";
    expect(addresses).toEqual([
      `${state}/staging`,
      `${state}/staging/lock`,
      `${state}/staging/lock`,
      `${state}/production`,
      `${state}/production/lock`,
      `${state}/production/lock`,
    ]);
    const keys = ["address", "lock_address", "unlock_address"] as const;
    expect(keys.map((key) => backends[0]![key] === backends[1]![key])).toEqual([false, false, false]);
  });

  it("is in a local file of each stack, outside cdktf.out, without TF_STATE_URL", () => {
    const paths = ["staging", "production"].map((name) => {
      const { path } = stack(plain.folder, name).terraform.backend["local"]!;
      return join("cdktf.out/stacks", name, path!);
    });
    expect(paths).toEqual(["state/staging.tfstate", "state/production.tfstate"]);
  });
});

describe("the account", () => {
  it("is in the provider block only if it is known", async () => {
    const known = await synthesize(SHIPPED, {
      DBT_CLOUD_ACCOUNT_ID: "12345",
      DBTCLOUD_HOST_URL: "https://emea.dbt.com/api/",
    });
    expect(stack(plain.folder, "staging").provider.dbtcloud).toEqual([{}]);
    expect(stack(known.folder, "staging").provider.dbtcloud).toEqual([
      { account_id: 12345, host_url: "https://emea.dbt.com/api" },
    ]);
  });
});

describe("the token", () => {
  const EXPORT = 'The Terraform provider reads another name: export DBT_CLOUD_TOKEN="$DBTCLOUD_TOKEN"\n';

  it("with only the DBTCLOUD_ spelling prints the line that the provider needs", async () => {
    const { exitCode, stdout, stderr } = await synthesize(SHIPPED, { DBTCLOUD_TOKEN: "dbtc_planted_token" });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: EXPORT });
  });

  it("in the provider's spelling prints nothing", async () => {
    const env = { DBTCLOUD_TOKEN: "dbtc_planted_token", DBT_CLOUD_TOKEN: "dbtc_planted_token" };
    const { stderr } = await synthesize(SHIPPED, env);
    expect(stderr).toBe("");
  });

  it("and all other secrets are in no file and no output", async () => {
    const env = {
      DBTCLOUD_TOKEN: "dbtc_planted_token",
      DBT_CLOUD_TOKEN: "dbtc_planted_token",
      DBTCLOUD_ACCOUNT_ID: "12345",
      TF_HTTP_USERNAME: "planted-user",
      TF_HTTP_PASSWORD: "planted-password",
      TF_VAR_redshift_password: "planted-redshift",
      TF_STATE_URL: "https://gitlab.example.com/api/v4/projects/1/terraform/state",
    };
    const managed = envFile({
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
    });
    const { exitCode, stdout, stderr, folder } = await synthesize({ "environments/prod.yaml": managed }, env);
    expect([exitCode, stdout + stderr]).toEqual([0, ""]);
    const written = filesIn(folder);
    expect(written.get("cdktf.out/stacks/production/cdk.tf.json")).toContain("12345");
    expect([...written].filter(([, text]) => text.includes("planted")).map(([path]) => path)).toEqual([]);
  });
});

describe("invalid input", () => {
  const bad = {
    "environments/prod.yaml": envFileWithJob({ threads: -4, schedule: { at: ["25:00"] } }),
    "environments/staging.yaml": envFile({
      name: "staging",
      environment: { id: 202 },
      jobs: { a: jobData({ triggers: { schedul: true } }) },
    }),
    "environments/empty.yaml": "",
  };

  it("ends with exit code 78 and every problem on stderr, and writes nothing", async () => {
    const { exitCode, stdout, stderr, folder } = await synthesize(bad, { DBTCLOUD_TOKEN: "dbtc_planted_token" });
    expect([exitCode, stdout]).toEqual([78, ""]);
    expect(stderr).toBe(
      [
        "environments/empty.yaml:1:1: the file is empty",
        "  allowed: an environment with its jobs",
        "  fix:     write the environment, or remove the file",
        "",
        "environments/prod.yaml:16:14  jobs.attribution.threads: too small",
        "  got:     -4",
        "  allowed: a whole number from 1 to 64",
        "  fix:     for example `threads: 4`",
        "",
        "environments/prod.yaml:19:11  jobs.attribution.schedule.at[0]: it does not have the right form",
        '  got:     "25:00"',
        '  allowed: a time "HH:MM" in UTC, from "00:00" to "23:59"',
        '  fix:     write a time "HH:MM" in UTC, from "00:00" to "23:59"',
        "",
        "environments/staging.yaml:17:7  jobs.a.triggers.schedul: unknown key `schedul`",
        "  allowed: github_webhook, git_provider_webhook, on_merge",
        "  fix:     did you mean `schedule`? It belongs to `a`, not to `triggers`",
        "",
        "4 problems in 3 files",
        "",
      ].join("\n"),
    );
    expect(existsSync(join(folder, "cdktf.out"))).toBe(false);
  });

  it("can also be a missing or empty folder", async () => {
    const [missing, empty] = await Promise.all([
      synthesize({ "readme.txt": "" }),
      synthesize({ "environments/notes.txt": "" }),
    ]);
    expect([missing.exitCode, empty.exitCode]).toEqual([78, 78]);
    expect(missing.stderr).toMatch(/^environments: there is no such file or folder\n/);
    expect(empty.stderr).toMatch(/^environments: the folder has no env file\n/);
    expect(missing.stderr + empty.stderr).not.toMatch(STACK_TRACE);
  });

  it("can be an env var that contradicts Terraform's files; the error has both values", async () => {
    const { exitCode, stderr, folder } = await synthesize(SHIPPED, { PROJECT_ID: "103", TEAM_NAME: "growth-team" });
    expect(exitCode).toBe(78);
    expect(stderr.split("\n").filter((line) => /^(?:environments| {2}got)/.test(line))).toEqual([
      "environments/prod.yaml:6:7  team: the env var TEAM_NAME is growth-team, and it cannot override a file that Terraform applies",
      '  got:     "marketing-team"',
      "environments/prod.yaml:7:16  project.id: the env var PROJECT_ID is 103, and it cannot override a file that Terraform applies",
      "  got:     102",
      "environments/staging.yaml:6:7  team: the env var TEAM_NAME is growth-team, and it cannot override a file that Terraform applies",
      '  got:     "marketing-team"',
      "environments/staging.yaml:7:16  project.id: the env var PROJECT_ID is 103, and it cannot override a file that Terraform applies",
      "  got:     102",
    ]);
    expect(existsSync(join(folder, "cdktf.out"))).toBe(false);
  });

  it("shows no secret in its report", async () => {
    const env = { DBTCLOUD_TOKEN: "dbtc_planted_token", TF_HTTP_PASSWORD: "planted-password" };
    const file = envFileWithJob({
      threads: env.DBTCLOUD_TOKEN,
      category: `x ${env.TF_HTTP_PASSWORD}`,
      environment_variables: { DBT_X: ["planted-variable"], y: "planted-variable" },
    });
    const { exitCode, stdout, stderr } = await synthesize({ "environments/prod.yaml": file }, env);
    expect(exitCode).toBe(78);
    expect(stderr).toContain('  got:     "x ***"');
    expect(stdout + stderr).not.toContain("planted");
  });
});
