import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { runsOf } from "../packages/local-dbt-cloud/resources/runs/runs";
import { clonedRepository } from "./support/git-repository";
import { GitlabPipeline } from "./support/gitlab-pipeline";
import { JOB_MANAGER, startJobManager } from "./support/job-manager-process";
import { liveJobs, openCloud } from "./support/listening-cloud";
import { itIf } from "./support/requirement";
import { endQueuedRuns } from "./support/run-rows";
import { missingTerraformProvider } from "./support/terraform-provider";
import { personEnv } from "./support/work-on-branch";

const ROOT = resolve(__dirname, "..");
const FILE = join(ROOT, ".gitlab-ci.yml");
const TOKEN = "planted-dbt-token";
const JOB_TOKEN = "planted-job-token";
const GIVEN = {
  CI_API_V4_URL: "https://gitlab.example.com/api/v4",
  CI_PROJECT_ID: "5",
  CI_JOB_TOKEN: JOB_TOKEN,
  DBTCLOUD_TOKEN: TOKEN,
  CI_COMMIT_REF_NAME: "feature/x",
  CI_MERGE_REQUEST_PROJECT_ID: "5",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "5",
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
};

/** The first command of a diff. It names the token and does not print it. */
const FORK = `if [ -z "$DBTCLOUD_TOKEN" ] && [ "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID" != "$CI_MERGE_REQUEST_PROJECT_ID" ]; then
  echo "Skipped: this merge request comes from a fork, and a fork has no DBTCLOUD_TOKEN (docs/gitlab-ci.md)."
  exit 0
fi
`;

const jq = spawnSync("sh", ["-c", "command -v jq"], { encoding: "utf8" }).stdout.trim();
const missingJq = jq === "" ? "jq is not on PATH" : undefined;

let folder: string;
let pipeline: GitlabPipeline;

beforeAll(() => {
  pipeline = new GitlabPipeline(FILE);
});
afterAll(() => {
  pipeline.remove();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gitlab-ci-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("fits GitLab's schema", () => {
  expect(pipeline.verdict).toMatch(/json schema validated/);
});

describe("the jobs of a pipeline", () => {
  const push = (branch: string) => ({ CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: branch });
  const mergeRequest = (source: string) => ({
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_COMMIT_BRANCH: "",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: source,
    CI_MERGE_REQUEST_PROJECT_ID: "5",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "5",
  });
  const fork = (source: string) => ({
    ...mergeRequest(source),
    CI_PROJECT_ID: "6",
    CI_MERGE_REQUEST_PROJECT_ID: "5",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "6",
  });
  const schedule = (branch: string) => ({ ...push(branch), CI_PIPELINE_SOURCE: "schedule" });
  const OPEN = { CI_OPEN_MERGE_REQUESTS: "group/project!7" };
  const GATED = { DEPLOY_GATE: "manual" };

  const TERRAFORM = "terraform-program: on_success";
  const CHECK = "check: on_success";
  const DIFFS = ["diff-staging: on_success", "diff-production: on_success"];
  const AGAINST_TARGET = ["rehearse: on_success", "data-diff: on_success", "simulate: on_success, may be skipped"];
  const NOTE = "note: on_success, may be skipped";
  const SCHEDULED = ["cleanup-old-branch-jobs", "report-deadlines", "report-drift"].map(
    (name) => `${name}: on_success`,
  );
  const BRANCH_JOBS = ["deploy-branch-jobs", "run-branch-jobs", "cleanup-branch-jobs"].map(
    (name) => `${name}: manual, may be skipped`,
  );

  it.each<[situation: string, variables: Record<string, string>, jobs: string[]]>([
    [
      "a merge request of a feature branch",
      mergeRequest("feature"),
      [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, NOTE, ...BRANCH_JOBS],
    ],
    [
      "… with the gate",
      { ...mergeRequest("feature"), ...GATED },
      [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, NOTE, ...BRANCH_JOBS],
    ],
    ["a merge request of main", mergeRequest("main"), [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, NOTE]],
    [
      "a merge request of production",
      mergeRequest("production"),
      [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, NOTE],
    ],
    // GitLab leaves CI_COMMIT_BRANCH empty here. A deploy must not depend on that alone.
    [
      "… of main, named",
      { ...mergeRequest("main"), CI_COMMIT_BRANCH: "main" },
      [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, NOTE],
    ],
    [
      "… of production, named",
      { ...mergeRequest("production"), CI_COMMIT_BRANCH: "production" },
      [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, NOTE],
    ],
    ["a push to a feature branch", push("feature"), [TERRAFORM, CHECK, ...BRANCH_JOBS]],
    ["… with the gate", { ...push("feature"), ...GATED }, [TERRAFORM, CHECK, ...BRANCH_JOBS]],
    ["… with an open merge request", { ...push("feature"), ...OPEN }, []],
    ["a push to a branch named almost main", push("main-2"), [TERRAFORM, CHECK, ...BRANCH_JOBS]],
    [
      "a push to main",
      push("main"),
      [TERRAFORM, CHECK, "diff-staging: on_success", "deploy-staging-terraform: on_success"],
    ],
    [
      "… with the gate",
      { ...push("main"), ...GATED },
      [TERRAFORM, CHECK, "diff-staging: on_success", "deploy-staging-terraform: manual"],
    ],
    [
      "… with an open merge request",
      { ...push("main"), ...OPEN },
      [TERRAFORM, CHECK, "diff-staging: on_success", "deploy-staging-terraform: on_success"],
    ],
    [
      "a push to production",
      push("production"),
      [TERRAFORM, CHECK, "diff-production: on_success", "deploy-production-terraform: on_success"],
    ],
    [
      "… with the gate",
      { ...push("production"), ...GATED },
      [TERRAFORM, CHECK, "diff-production: on_success", "deploy-production-terraform: manual"],
    ],
    [
      "… with an open merge request",
      { ...push("production"), ...OPEN },
      [TERRAFORM, CHECK, "diff-production: on_success", "deploy-production-terraform: on_success"],
    ],
    [
      "“Run pipeline” on main",
      { ...push("main"), CI_PIPELINE_SOURCE: "web" },
      [TERRAFORM, CHECK, "diff-staging: on_success", "deploy-staging-terraform: on_success"],
    ],
    ["a schedule on main", schedule("main"), [TERRAFORM, CHECK, ...SCHEDULED]],
    ["… with the gate", { ...schedule("main"), ...GATED }, [TERRAFORM, CHECK, ...SCHEDULED]],
    ["… with the variable ALERTS", { ...schedule("main"), ALERTS: "1" }, ["alert: on_success"]],
    [
      "… with a target for the fit",
      { ...schedule("main"), LTV_FIT_TARGET: "redshift" },
      [TERRAFORM, CHECK, ...SCHEDULED, "fit-lifetime-value: on_success"],
    ],
    [
      "a push to main with a target for the fit",
      { ...push("main"), LTV_FIT_TARGET: "redshift" },
      [TERRAFORM, CHECK, "diff-staging: on_success", "deploy-staging-terraform: on_success"],
    ],
    ["a schedule on production", schedule("production"), [TERRAFORM, CHECK]],
    ["a schedule on a feature branch", schedule("feature"), [TERRAFORM, CHECK, ...BRANCH_JOBS]],
    ["a merge request of a fork", fork("feature"), [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET, ...BRANCH_JOBS]],
    ["a merge request of a fork's main", fork("main"), [TERRAFORM, CHECK, ...DIFFS, ...AGAINST_TARGET]],
    ["a trigger on main", { ...push("main"), CI_PIPELINE_SOURCE: "trigger" }, [TERRAFORM, CHECK]],
    ["a trigger on production", { ...push("production"), CI_PIPELINE_SOURCE: "trigger" }, [TERRAFORM, CHECK]],
    ["a tag", { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "", CI_COMMIT_TAG: "v1" }, []],
  ])("%s", (_situation, variables, jobs) => {
    expect(pipeline.jobsIn(variables)).toEqual(jobs);
  });
});

describe("a job", () => {
  it("is canceled for a newer push only if it deploys nothing", () => {
    expect(pick(({ interruptible }) => interruptible)).toEqual({
      "terraform-program": true,
      check: true,
      "diff-staging": true,
      "diff-production": true,
      rehearse: true,
      "data-diff": true,
      simulate: true,
      note: true,
      "deploy-staging-terraform": false,
      "deploy-production-terraform": false,
      "deploy-branch-jobs": false,
      "run-branch-jobs": false,
      "cleanup-branch-jobs": false,
      "cleanup-old-branch-jobs": false,
      "report-deadlines": true,
      "report-drift": true,
      alert: false,
      "fit-lifetime-value": false,
    });
  });

  it("deploys one at a time, in a separate resource group", () => {
    expect(pick(({ resource_group }) => resource_group)).toEqual({
      "deploy-staging-terraform": "terraform-staging",
      "deploy-production-terraform": "terraform-production",
      "deploy-branch-jobs": "branch-jobs-$CI_COMMIT_REF_SLUG",
      "run-branch-jobs": "branch-runs-$CI_COMMIT_REF_SLUG",
      "cleanup-branch-jobs": "branch-jobs-$CI_COMMIT_REF_SLUG",
      "cleanup-old-branch-jobs": "branch-jobs-main",
      alert: "alert",
      "fit-lifetime-value": "lifetime-value",
    });
  });

  it("deploys into the environment that GitLab shows", () => {
    expect(pick(({ environment }) => environment?.name)).toEqual({
      "deploy-staging-terraform": "staging",
      "deploy-production-terraform": "production",
      "deploy-branch-jobs": "branch/$CI_COMMIT_REF_SLUG",
      "run-branch-jobs": "branch/$CI_COMMIT_REF_SLUG",
      "cleanup-branch-jobs": "branch/$CI_COMMIT_REF_SLUG",
      "cleanup-old-branch-jobs": "branch/main",
      "report-deadlines": "production",
      "report-drift": "production",
      alert: "production",
      "fit-lifetime-value": "production",
    });
  });

  it("runs in Debian with Node.js, except for the job that copies Terraform from its image", () => {
    expect(pick(({ image }) => image?.name)).toEqual({
      ...Object.fromEntries(Object.keys(pipeline.jobs).map((name) => [name, "$PIPELINE_IMAGE"])),
      "terraform-program": "$TERRAFORM_IMAGE",
    });
    expect(pipeline.variables).toMatchObject({
      PIPELINE_IMAGE: expect.stringMatching(/^node:24-trixie/) as unknown,
      TERRAFORM_IMAGE: expect.stringMatching(/^hashicorp\/terraform:1\.11/) as unknown,
    });
  });

  it("gets Terraform if it runs terraform, and starts early if it depends on no other job", () => {
    const needed = (name: string) => [expect.objectContaining({ job: name })] as unknown[];
    expect(pick(({ needs }) => needs)).toEqual({
      check: needed("terraform-program"),
      "diff-staging": needed("terraform-program"),
      "diff-production": needed("terraform-program"),
      rehearse: [],
      "data-diff": [],
      simulate: [],
      note: ["diff-staging", "diff-production", "data-diff", "simulate"].flatMap(needed),
      "deploy-branch-jobs": needed("check"),
      "run-branch-jobs": needed("deploy-branch-jobs"),
      "cleanup-branch-jobs": [],
      "cleanup-old-branch-jobs": [],
      "report-deadlines": [],
      "report-drift": [],
      alert: [],
      "fit-lifetime-value": [],
    });
    expect(pipeline.jobs["terraform-program"]!.artifacts!.paths).toEqual(["bin/terraform"]);
  });

  it("uses the programs of the Dockerfile", () => {
    const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");
    const { PIPELINE_IMAGE, TERRAFORM_IMAGE } = pipeline.variables;
    expect(dockerfile).toContain(`FROM ${PIPELINE_IMAGE}\n`);
    expect(dockerfile).toContain(`FROM ${TERRAFORM_IMAGE} AS terraform\n`);
    const [, installed] = /--no-install-recommends (.+?) \\/.exec(dockerfile)!;
    expect(pipeline.jobs["check"]!.variables!["PACKAGES"]).toBe(installed);
  });

  it("shows all tests in the merge request, including failed ones", () => {
    expect(pipeline.jobs["check"]!.artifacts).toMatchObject({
      when: "always",
      reports: { junit: "test-results/junit.xml" },
    });
  });

  it("cleans up a branch after GitLab stops its environment", () => {
    expect(pipeline.jobs["deploy-branch-jobs"]!.environment).toMatchObject({
      on_stop: "cleanup-branch-jobs",
      auto_stop_in: "1 week",
    });
    expect(pipeline.jobs["cleanup-branch-jobs"]!.environment!.action).toBe("stop");
  });

  it("keeps the plan and GitLab's Terraform report of a diff, for members only", () => {
    const kept = (stack: string) => ({
      access: "developer",
      paths: ["plan", "plan.md", "cdk.tf.json"].map((file) => `cdktf.out/stacks/${stack}/${file}`),
      reports: { terraform: `cdktf.out/stacks/${stack}/report.json` },
    });
    const diffs = pick(({ artifacts }) => (artifacts?.reports?.terraform === undefined ? undefined : artifacts));
    expect(diffs).toEqual({
      "diff-staging": expect.objectContaining(kept("staging")) as unknown,
      "diff-production": expect.objectContaining(kept("production")) as unknown,
    });
  });

  it("reads secrets from variables of the project and does not print them", () => {
    const secret = /TOKEN|PASSWORD|SECRET/;
    const values = [pipeline.variables, ...Object.values(pipeline.jobs).map(({ variables }) => variables ?? {})]
      .flatMap((variables) => Object.entries(variables))
      .filter(([name]) => secret.test(name));
    expect(new Set(values.map(([name, value]) => `${name}=${value}`))).toEqual(
      new Set(["DBT_CLOUD_TOKEN=$DBTCLOUD_TOKEN", "TF_HTTP_PASSWORD=$CI_JOB_TOKEN"]),
    );
    expect(readFileSync(FILE, "utf8")).not.toMatch(/dbt[cu]_|glpat-|[0-9a-f]{32}/i);

    const lines = Object.values(pipeline.jobs).flatMap(({ before_script, script }) => [...before_script, ...script]);
    expect(new Set(lines.filter((line) => secret.test(line)))).toEqual(
      new Set([
        "npx dbt-job-manager simulate --base FETCH_HEAD --markdown ${DBTCLOUD_TOKEN:+--cloud} >simulation.md",
        "unset DBTCLOUD_TOKEN DBTCLOUD_ACCOUNT_ID DBTCLOUD_HOST_URL DBT_CLOUD_TOKEN DBT_CLOUD_ACCOUNT_ID DBT_CLOUD_HOST_URL",
        ': "${DBTCLOUD_TOKEN:?set DBTCLOUD_TOKEN in the CI/CD variables (docs/gitlab-ci.md)}"',
        FORK,
      ]),
    );
    expect(lines.filter((line) => /\b(printenv|set -\w*x|export -p)\b|^\s*env\b/m.test(line))).toEqual([]);
  });
});

describe("a job's script, with stand-ins for the programs", () => {
  const CI = "npm ci --cache .npm --prefer-offline";
  const FOR_NODE = "dpkg --status ca-certificates git";
  const FOR_DIFFS = "dpkg --status ca-certificates git jq";
  const FOR_CHECKS = "dpkg --status ca-certificates git jq python3-venv";
  const PROGRAMS = ["dpkg", "npm", "npx", "jq", "git", "mv"];
  const PLAN = {
    resource_changes: [
      { change: { actions: ["create"] } },
      { change: { actions: ["delete", "create"] } },
      { change: { actions: ["update"] } },
      { change: { actions: ["delete"] } },
      { change: { actions: ["no-op"] } },
      { change: { actions: ["read"] } },
    ],
  };

  it.each<[name: string, calls: string[]]>([
    ["check", [FOR_CHECKS, CI, "npm test", "npm run check"]],
    [
      "deploy-staging-terraform",
      [FOR_NODE, CI, "mv cdktf.out/stacks/staging reviewed", "npx cdktf deploy staging --auto-approve"],
    ],
    [
      "deploy-production-terraform",
      [FOR_NODE, CI, "mv cdktf.out/stacks/production reviewed", "npx cdktf deploy production --auto-approve"],
    ],
    [
      "rehearse",
      [
        "dpkg --status ca-certificates git python3-venv",
        CI,
        "git fetch --quiet origin main",
        "npm run rehearse -- --changed FETCH_HEAD",
      ],
    ],
    [
      "data-diff",
      [
        "dpkg --status ca-certificates git python3-venv",
        CI,
        "git fetch --quiet origin main",
        "npm run --silent python:setup",
        "npx dbt-job-manager diff-data --base FETCH_HEAD --markdown --html data-diff.html",
      ],
    ],
    [
      "simulate",
      [
        FOR_NODE,
        CI,
        "git fetch --quiet origin main",
        "npx dbt-job-manager simulate --base FETCH_HEAD --markdown --cloud",
      ],
    ],
    [
      "note",
      [
        FOR_NODE,
        CI,
        "npx dbt-job-manager note cdktf.out/stacks/staging/plan.md cdktf.out/stacks/production/plan.md data-diff.md simulation.md",
      ],
    ],
    ["deploy-branch-jobs", [FOR_NODE, CI, "npx dbt-job-manager deploy --config environments/dev.yaml"]],
    ["run-branch-jobs", [FOR_NODE, CI, "npx dbt-job-manager run --all --wait --retry --config environments/dev.yaml"]],
    [
      "cleanup-old-branch-jobs",
      [
        FOR_NODE,
        CI,
        "npx dbt-job-manager cleanup --config environments/dev.yaml --merged --all-users --yes",
        "npx dbt-job-manager cleanup --config environments/dev.yaml --older-than 7 --all-users --yes",
      ],
    ],
    ["report-drift", [FOR_NODE, CI, "npx dbt-job-manager drift --config environments/prod.yaml"]],
    ["alert", [FOR_NODE, CI, "npx dbt-job-manager alert --config environments/prod.yaml"]],
    [
      "report-deadlines",
      [FOR_NODE, CI, "npx dbt-job-manager sla --config environments/prod.yaml --since 30d --markdown"],
    ],
    ["fit-lifetime-value", ["dpkg --status ca-certificates git python3-venv", CI, "npm run ltv:fit -- --target "]],
  ])("%s runs its documented commands, and prints no token", async (name, calls) => {
    standIns(...PROGRAMS);
    const { succeeded, output } = await runWithStandIns(name);
    expect({ succeeded, calls: calledWith().map(({ call }) => call) }).toEqual({ succeeded: true, calls });
    expect(output).not.toMatch(/planted/);
  });

  it.each(["staging", "production"])("diff-%s runs cdktf diff and reads its plan", async (stack) => {
    standIns(...PROGRAMS, "terraform");
    mkdirSync(join(folder, "cdktf.out/stacks", stack), { recursive: true });
    const { succeeded, output } = await runWithStandIns(`diff-${stack}`);
    const calls = calledWith().map(({ call }) => call);
    expect({ succeeded, first: calls.slice(0, 5) }).toEqual({
      succeeded: true,
      first: [
        FOR_DIFFS,
        CI,
        `npx cdktf diff ${stack}`,
        `npx dbt-job-manager diff ${stack}`,
        `npx dbt-job-manager diff ${stack} --markdown`,
      ],
    });
    expect(calls).toContain("terraform show -json plan");
    expect(output).not.toMatch(/planted/);
  });

  it("passes the tokens and the state's address to cdktf", async () => {
    standIns(...PROGRAMS);
    await runWithStandIns("deploy-production-terraform");
    expect(calledWith().at(-1)).toEqual({
      call: "npx cdktf deploy production --auto-approve",
      DBT_CLOUD_TOKEN: TOKEN,
      TF_STATE_URL: "https://gitlab.example.com/api/v4/projects/5/terraform/state",
      TF_HTTP_USERNAME: "gitlab-ci-token",
      TF_HTTP_PASSWORD: JOB_TOKEN,
      DBTCLOUD_TOKEN: TOKEN,
    });
  });

  it("does not pass the tokens to the programs of the check", async () => {
    standIns(...PROGRAMS);
    await runWithStandIns("check");
    expect(calledWith().filter((call) => Object.values(call).some((value) => value.includes("planted")))).toEqual([]);
  });

  it.each(["staging", "production"])("deploys %s only behind the guard, with the plan of its diff", (stack) => {
    expect(pipeline.jobs[`deploy-${stack}-terraform`]!.variables).toMatchObject({
      TERRAFORM_BINARY_NAME: "$CI_PROJECT_DIR/node_modules/.bin/guarded-terraform",
      REVIEWED_PLAN: "$CI_PROJECT_DIR/reviewed",
    });
  });

  it.each(["diff-staging", "diff-production", "deploy-staging-terraform", "deploy-production-terraform"])(
    "%s stops at once without a token, naming the variable",
    async (name) => {
      standIns(...PROGRAMS);
      const { DBTCLOUD_TOKEN: _token, ...given } = GIVEN;
      const { succeeded, output } = await pipeline.run(name, folder, { ...given, PATH: folder });
      expect(succeeded).toBe(false);
      expect(output).toMatch(/set DBTCLOUD_TOKEN in the CI\/CD variables/);
      expect(calledWith()).toEqual([]);
    },
  );

  it("installs the packages that the image lacks", async () => {
    standIns("apt-get", "npm");
    writeFileSync(join(folder, "dpkg"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    await runWithStandIns("check");
    expect(calledWith().map(({ call }) => call)).toEqual([
      "apt-get update",
      "apt-get install --yes --no-install-recommends ca-certificates git jq python3-venv",
      CI,
      "npm test",
      "npm run check",
    ]);
  });

  it("installs no packages if the variable is empty", async () => {
    standIns("npm");
    expect(await runWithStandIns("check", { PACKAGES: "" })).toMatchObject({ succeeded: true });
    expect(calledWith().map(({ call }) => call)).toEqual([CI, "npm test", "npm run check"]);
  });

  it("stops if the packages cannot be installed", async () => {
    standIns("npm");
    for (const name of ["dpkg", "apt-get"]) {
      writeFileSync(join(folder, name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    }
    expect(await runWithStandIns("check")).toMatchObject({ succeeded: false });
    expect(calledWith()).toEqual([]);
  });

  it("keeps Terraform's program for the later jobs", async () => {
    standIns("terraform");
    for (const name of ["cp", "mkdir"]) symlinkSync(`/bin/${name}`, join(folder, name));
    expect(await runWithStandIns("terraform-program")).toEqual({ succeeded: true, output: "" });
    const { paths } = pipeline.jobs["terraform-program"]!.artifacts!;
    expect(readFileSync(join(folder, paths[0]!), "utf8")).toBe(readFileSync(join(folder, "terraform"), "utf8"));
  });

  it.each(["diff-staging", "diff-production"])("%s passes with a message in a fork without a token", async (name) => {
    const { DBTCLOUD_TOKEN: _token, ...given } = { ...GIVEN, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "6" };
    expect(await pipeline.run(name, folder, { ...given, PATH: folder })).toEqual({
      succeeded: true,
      output: "Skipped: this merge request comes from a fork, and a fork has no DBTCLOUD_TOKEN (docs/gitlab-ci.md).\n",
    });
  });

  it("diffs a fork's merge request if a member runs it with the project's token", async () => {
    standIns(...PROGRAMS, "terraform");
    mkdirSync(join(folder, "cdktf.out/stacks/staging"), { recursive: true });
    await runWithStandIns("diff-staging", { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "6" });
    expect(calledWith().map(({ call }) => call)).toContain("npx cdktf diff staging");
  });

  const itWithJq = itIf(missingJq);

  itWithJq("a diff counts creations, updates and deletions, and a replacement as two", async () => {
    standIns("dpkg", "npm", "npx", "terraform");
    symlinkSync(jq, join(folder, "jq"));
    const stack = join(folder, "cdktf.out/stacks/staging");
    mkdirSync(stack, { recursive: true });
    await runWithStandIns("diff-staging", { PRINTED: JSON.stringify(PLAN) });
    expect(readJson(join(stack, "report.json"))).toEqual({ create: 2, update: 1, delete: 2 });
  });

  itWithJq("a diff fails if its plan is not readable", async () => {
    standIns("dpkg", "npm", "npx");
    writeFileSync(join(folder, "terraform"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    symlinkSync(jq, join(folder, "jq"));
    mkdirSync(join(folder, "cdktf.out/stacks/staging"), { recursive: true });
    expect(await runWithStandIns("diff-staging")).toMatchObject({ succeeded: false });
  });

  /** Programs that record their calls and print the test's text. */
  function standIns(...names: string[]): void {
    const noted = ["DBTCLOUD_TOKEN", "DBT_CLOUD_TOKEN", "TF_STATE_URL", "TF_HTTP_USERNAME", "TF_HTTP_PASSWORD"];
    const line = ["${0##*/} $*", ...noted.map((name) => `${name}=$${name}`)].join("|");
    for (const name of names) {
      const script = `#!/bin/sh\necho "${line}" >>"${folder}/calls"\nprintf %s "$PRINTED"\n`;
      writeFileSync(join(folder, name), script, { mode: 0o755 });
    }
  }

  function runWithStandIns(name: string, more: Record<string, string> = {}) {
    return pipeline.run(name, folder, { ...GIVEN, CI_PROJECT_DIR: folder, PATH: folder, ...more });
  }

  /** The calls of the stand-ins in order, with the recorded variables that are set. */
  function calledWith(): Record<string, string>[] {
    const file = join(folder, "calls");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const [call, ...variables] = line.split("|");
        const pairs = variables.map((variable) => variable.split("=") as [string, string]);
        return { call: call!, ...Object.fromEntries(pairs.filter(([, value]) => value !== "")) };
      });
  }
});

describe("the jobs of a deleted branch", () => {
  const BRANCH = "feature/x";

  /** A project on a server, its branch deleted after the pipeline of the branch was made. */
  function projectWithoutBranch() {
    const { work, remote } = clonedRepository();
    work.git("checkout", "--quiet", "-b", BRANCH);
    const sha = work.commit("work");
    work.git("push", "--quiet", "origin", BRANCH);
    // GitLab keeps the commit of a pipeline under a ref of the pipeline while the pipeline exists.
    remote.git("update-ref", "refs/pipelines/1", sha);
    work.git("push", "--quiet", "origin", "--delete", BRANCH);
    return { url: `file://${remote.folder}`, sha };
  }

  /** The git commands of a runner before a job's script, by the depth and the strategy of the job. */
  function checkOut(url: string, sha: string, variables: Record<string, string>): void {
    if (variables["GIT_STRATEGY"] === "none") return;
    const run = gitIn(folder);
    run("init", "--quiet");
    const refs = [`+refs/pipelines/1:refs/pipelines/1`, `+refs/heads/${BRANCH}:refs/remotes/origin/${BRANCH}`];
    run("fetch", "--quiet", "--depth", "20", "--prune", url, ...refs);
    run("checkout", "--quiet", "--force", sha);
  }

  it("cannot be cleaned up in a checkout of the branch, because a runner fails to fetch it", () => {
    const { url, sha } = projectWithoutBranch();
    expect(() => {
      checkOut(url, sha, {});
    }).toThrow(/couldn't find remote ref refs\/heads\/feature\/x/);
  });

  it("are cleaned up in a clone of main, also in a folder with files of an earlier job", async () => {
    const { url, sha } = projectWithoutBranch();
    const tools = mkdtempSync(join(folder, "tools-"));
    for (const name of ["dpkg", "npm", "npx"]) {
      const script = `#!/bin/sh\necho "\${0##*/} $* in \${PWD##*/} at $(git log -1 --format=%s)" >>"${folder}/calls"\n`;
      writeFileSync(join(tools, name), script, { mode: 0o755 });
    }
    mkdirSync(join(folder, "main"));
    writeFileSync(join(folder, "main", "left"), "");
    checkOut(url, sha, { ...pipeline.jobs["cleanup-branch-jobs"]!.variables });
    const { succeeded, output } = await pipeline.run("cleanup-branch-jobs", folder, {
      ...GIVEN,
      PATH: `${tools}:${process.env["PATH"] ?? ""}`,
      CI_COMMIT_REF_NAME: BRANCH,
      CI_COMMIT_SHA: sha,
      CI_REPOSITORY_URL: url,
    });
    expect({ succeeded, output }).toEqual({ succeeded: true, output: expect.not.stringMatching(/planted/) as unknown });
    expect(readFileSync(join(folder, "calls"), "utf8").trim().split("\n").slice(1)).toEqual([
      "npm ci --cache ../.npm --prefer-offline in main at first",
      "npx dbt-job-manager cleanup --config environments/dev.yaml --branch feature/x --all-users --cancel --yes in main at first",
    ]);
  });

  function gitIn(cwd: string) {
    return (...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" });
  }
});

describe("run-branch-jobs whose runner dies", () => {
  it("follows its run when it is retried, and then runs the other jobs once", async () => {
    let ends = false;
    const cloud = await openCloud((world) => {
      if (ends) endQueuedRuns(world, [10]);
    });
    const given = { ...GIVEN, ...personEnv(cloud), CI_PIPELINE_ID: "77", CI_JOB_NAME_SLUG: "run-branch-jobs" };
    await startJobManager(["deploy"], given).ended;
    const tools = mkdtempSync(join(folder, "tools-"));
    const pid = join(folder, "pid");
    for (const name of ["dpkg", "npm"]) writeFileSync(join(tools, name), "#!/bin/sh\n", { mode: 0o755 });
    const npx = `#!/bin/sh\nshift\ncd "${ROOT}"\necho $$ >"${pid}"\nexec "${process.execPath}" "${JOB_MANAGER}" "$@"\n`;
    writeFileSync(join(tools, "npx"), npx, { mode: 0o755 });
    const work = () => pipeline.run("run-branch-jobs", folder, { ...given, PATH: `${tools}:${process.env["PATH"]}` });
    const runs = () => runsOf(cloud.world).all();

    const first = work();
    while (runs().length === 0) await setTimeout(20);
    process.kill(Number(readFileSync(pid, "utf8")), "SIGKILL");
    expect(await first).toMatchObject({ succeeded: false });

    const retried = work();
    while (cloud.requests.filter((line) => line.startsWith("GET v2/runs/1/")).length < 2) await setTimeout(20);
    ends = true;
    endQueuedRuns(cloud.world, [10]);
    const { succeeded, output } = await retried;
    expect({ succeeded, output }).toMatchObject({ succeeded: true });
    expect(output).toContain(
      "run 1 of the run key gitlab-77-run-branch-jobs is in progress, so no other run is started",
    );
    expect(runs()).toHaveLength(liveJobs(cloud.world).length);
    expect(new Set(runs().map(({ job_definition_id: id }) => id)).size).toBe(runs().length);
    await cloud.close();
  });
});

describe("diff-staging for real", () => {
  const itWithTerraform = itIf(missingJq ?? missingTerraformProvider());

  itWithTerraform(
    "leaves plan and report, reads the state without locking it, and tells nobody the tokens",
    async () => {
      const server = await startServer();
      try {
        linkProject(folder);
        const tools = mkdtempSync(join(folder, "tools-"));
        for (const name of ["dpkg", "npm"]) writeFileSync(join(tools, name), "#!/bin/sh\n", { mode: 0o755 });
        const { succeeded, output } = await pipeline.run("diff-staging", folder, {
          ...ownEnvironment(),
          ...GIVEN,
          CI_PROJECT_DIR: folder,
          PATH: `${tools}:${process.env["PATH"] ?? ""}`,
          CI: "true",
          CI_API_V4_URL: `${server.url}/api/v4`,
          DBTCLOUD_HOST_URL: server.url,
          DBTCLOUD_ACCOUNT_ID: "1",
          CDKTF_SKIP_PROVIDER_LOCK: "true",
        });
        expect({ succeeded, output }).toMatchObject({ succeeded: true });

        const { artifacts } = pipeline.jobs["diff-staging"]!;
        expect(existsSync(join(folder, artifacts!.paths[0]!))).toBe(true);
        const synthesized = readFileSync(join(folder, "cdktf.out/stacks/staging/cdk.tf.json"), "utf8");
        const { resource } = JSON.parse(synthesized) as { resource: Record<string, object> };
        expect(readJson(join(folder, artifacts!.reports!.terraform!))).toEqual({
          create: Object.values(resource).flatMap((ofType) => Object.keys(ofType)).length,
          update: 0,
          delete: 0,
        });

        const credentials = Buffer.from(`gitlab-ci-token:${JOB_TOKEN}`).toString("base64");
        expect(new Set(server.requests)).toEqual(
          new Set([
            `GET /api/v4/projects/5/terraform/state/staging Basic ${credentials}`,
            `GET /api/v2/accounts/ Token ${TOKEN}`,
            `GET ${ENVIRONMENT_ADDRESS} Token ${TOKEN}`,
          ]),
        );
        expect(`${output}${synthesized}`).not.toMatch(/planted/);
      } finally {
        await server.stop();
      }
    },
  );

  /** A dbt Cloud with one empty account, and a GitLab without state, on loopback. */
  const ENVIRONMENT_ADDRESS = "/api/v3/accounts/1/projects/102/environments/202/";
  /** The answers of dbt Cloud by address. The provider reads the environment to learn its name for the environment variables. */
  const DATA: Readonly<Record<string, unknown>> = {
    "/api/v2/accounts/": [{ id: 1 }],
    [ENVIRONMENT_ADDRESS]: { id: 202, account_id: 1, project_id: 102, name: "Staging", type: "deployment", state: 1 },
  };

  async function startServer() {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const data = DATA[request.url!];
      const code = data === undefined ? 404 : 200;
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: { code }, data: data ?? null }));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const stop = () =>
      new Promise((stopped) => {
        server.close(stopped);
        server.closeAllConnections();
      });
    return { requests, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  /** Links to the project, so that a job's output does not land in it. */
  function linkProject(into: string): void {
    const written = new Set([".git", ".gitlab-ci-local", ".npm", "cdktf.out", "state", "test-results"]);
    for (const name of readdirSync(ROOT)) {
      if (!written.has(name)) symlinkSync(join(ROOT, name), join(into, name));
    }
  }

  /** The settings that the programs need from this machine: their paths, and the source of providers. */
  function ownEnvironment(): Record<string, string> {
    const names = /^(HOME|TF_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_DIR|(https?|no)_proxy)$/i;
    return Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value && names.test(name) ? [[name, value]] : [])),
    );
  }
});

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

function pick<T>(of: (job: GitlabPipeline["jobs"][string]) => T | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(pipeline.jobs).flatMap(([name, job]) => {
      const value = of(job);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
