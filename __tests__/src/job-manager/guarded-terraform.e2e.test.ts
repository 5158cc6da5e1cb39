import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { envFile, jobData } from "../../support/env-file";
import { envFolder } from "../../support/env-folder";
import { startLocalCloud, type LocalCloudProcess } from "../../support/local-cloud-process";
import { jobRow, planText, resourceChange } from "../../support/terraform-plans";

const PROGRAM = resolve(__dirname, "../../../src/job-manager/guarded-terraform.cjs");
const ROW = jobRow({ environment_id: 302 });
const KEPT = resourceChange(["update"], ROW, { ...ROW, num_threads: 8 });
const DELETED = resourceChange(["delete"], jobRow({ id: 8 }), null, { name: "old" });

const ACCOUNT = 12_345;

let cloud: LocalCloudProcess;
beforeAll(async () => {
  cloud = await startLocalCloud(envFolder({ "dbt_project.yml": "name: p\nprofile: p\n" }));
});
afterAll(() => cloud.stop());

function planOf(changes: Parameters<typeof planText>[0]): string {
  return planText(changes, {}, ACCOUNT);
}

/** A project whose terraform records its calls, and makes the given plan. */
class Project {
  readonly folder: string;
  private readonly stack: string;

  constructor(plan: string, exitCodes: Readonly<Record<string, number>> = {}) {
    this.folder = envFolder({
      "cdktf.json": "{}",
      "environments/prod.yaml": envFile({ jobs: { daily: jobData() } }),
      "plan.json": plan,
    });
    this.stack = join(this.folder, "cdktf.out/stacks/production");
    mkdirSync(this.stack, { recursive: true });
    writeFileSync(join(this.stack, "cdk.tf.json"), "{}");
    const fails = Object.entries(exitCodes).map(([command, code]) => `[ "$1" = ${command} ] && exit ${code}`);
    const script = [
      "#!/bin/sh",
      `echo "$*" >>"${this.folder}/calls"`,
      ...fails,
      '[ "$1" = plan ] && : >plan',
      `[ "$1" = show ] && cat "${this.folder}/plan.json"`,
      "exit 0",
    ];
    writeFileSync(join(this.folder, "terraform"), script.join("\n"), { mode: 0o755 });
  }

  run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): { readonly exitCode: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: this.stack,
      encoding: "utf8",
      env: {
        PATH: `${this.folder}:${process.env["PATH"]}`,
        DBTCLOUD_HOST_URL: cloud.url,
        DBTCLOUD_ACCOUNT_ID: String(ACCOUNT),
        DBTCLOUD_TOKEN: cloud.token,
        ...env,
      },
    });
    return { exitCode: status, output: `${stdout}${stderr}` };
  }

  get calls(): string[] {
    const file = join(this.folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }
}

const PLAN_CALLS = ["plan -out=plan -input=false", "show -json plan"];

describe("terraform behind the guard", () => {
  it("applies the plan that the guard has seen", () => {
    const project = new Project(planOf([KEPT]));
    const { exitCode, output } = project.run(["apply", "-auto-approve"]);
    expect({ exitCode, calls: project.calls }).toEqual({
      exitCode: 0,
      calls: [...PLAN_CALLS, "apply -input=false plan"],
    });
    expect(output).toContain("Plan of production: 0 to delete, 0 to create, 1 to update.");
  });

  it("applies nothing when the plan deletes a job, and names the way out", () => {
    const project = new Project(planOf([KEPT, DELETED]));
    const { exitCode, output } = project.run(["apply", "-auto-approve"]);
    expect({ exitCode, calls: project.calls }).toEqual({ exitCode: 1, calls: PLAN_CALLS });
    expect(output).toContain("the plan deletes the job old (job 8)");
    expect(output).toContain("ALLOW_DESTROY=old");
  });

  it("deletes the job that ALLOW_DESTROY names", () => {
    const project = new Project(planOf([KEPT, DELETED]));
    expect(project.run(["apply", "-auto-approve"], { ALLOW_DESTROY: "old" }).exitCode).toBe(0);
    expect(project.calls.at(-1)).toBe("apply -input=false plan");
  });

  it("lets terraform ask when the apply is not approved yet, and passes its options to the plan", () => {
    const project = new Project(planOf([KEPT]));
    expect(project.run(["apply", "-parallelism=2"]).exitCode).toBe(0);
    expect(project.calls).toEqual([
      "plan -out=plan -input=false -parallelism=2",
      "show -json plan",
      "apply -parallelism=2",
    ]);
  });

  it.each([
    ["the plan", { plan: 3 }, 3, PLAN_CALLS.slice(0, 1)],
    ["the reading of the plan", { show: 1 }, 1, PLAN_CALLS],
    ["the apply", { apply: 1 }, 1, [...PLAN_CALLS, "apply -input=false plan"]],
  ])("fails when %s fails", (_name, exitCodes, exitCode, calls) => {
    const project = new Project(planOf([KEPT]), exitCodes);
    expect({ exitCode: project.run(["apply", "-auto-approve"]).exitCode, calls: project.calls }).toEqual({
      exitCode,
      calls,
    });
  });

  it.each([["init"], ["output", "-json"], ["apply", "some-plan"]])("passes %s on", (...args) => {
    const project = new Project(planOf([DELETED]));
    expect(project.run(args).exitCode).toBe(0);
    expect(project.calls).toEqual([args.join(" ")]);
  });

  it("says that terraform is missing", () => {
    const project = new Project(planOf([KEPT]));
    expect(project.run(["version"], { PATH: project.folder + "/nowhere" })).toEqual({
      exitCode: 1,
      output: "terraform cannot start: spawn terraform ENOENT\n",
    });
  });
});
