import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itIf } from "../../support/requirement";

const ROOT = join(__dirname, "../../..");
const itWithDbt = itIf(
  existsSync(join(ROOT, ".venv/bin/dbt")) ? undefined : "dbt is not in .venv; npm run python:setup installs it",
);

function rehearse(program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["-r", "ts-node/register", `src/rehearsal/${program}.ts`, ...args],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, DBTCLOUD_HOST_URL: "https://cloud.getdbt.com", NO_COLOR: "1" },
    },
  );
  return { status, stdout, stderr };
}

describe("npm start", () => {
  itWithDbt("checks, synthesizes, shows and runs production's attribution with real dbt, on this machine only", () => {
    const { status, stdout } = rehearse("start");
    expect(stdout).toContain("20 jobs in 3 environments: no problems");
    expect(stdout).toContain("production: 5 jobs in cdktf.out/stacks/production/cdk.tf.json");
    expect(stdout).toMatch(/production: Apply complete!.* Second plan: no changes\.|not applied: terraform/);
    expect(stdout).toMatch(/Run 1: Success in \d\d:\d\d:\d\d\n$/);
    expect(status).toBe(0);
  });
});

describe("npm run rehearse", () => {
  itWithDbt("runs the named jobs, and fails if one fails", () => {
    const { status, stdout } = rehearse("rehearse", "attribution", "business-logic-validation");
    expect(stdout).toMatch(/^production +attribution +Success +\d\d:\d\d:\d\d$/m);
    // Nothing was built in staging before, so its tests have no table to read.
    expect(stdout).toMatch(/^staging +business-logic-validation +Error/m);
    expect(stdout).toContain("1 of 2 jobs succeeded");
    expect(status).toBe(1);
  });

  it("runs the program of --dbt as dbt", () => {
    const folder = mkdtempSync(join(tmpdir(), "other-dbt-"));
    const program = join(folder, "dbt");
    writeFileSync(program, '#!/bin/sh\necho "the other dbt: $*"\nexit 1\n', { mode: 0o755 });
    const { status, stdout } = rehearse("rehearse", "--dbt", program, "attribution");
    rmSync(folder, { recursive: true });
    expect(stdout).toContain("the other dbt: ");
    expect(stdout).toContain("0 of 1 jobs succeeded");
    expect(status).toBe(1);
  });

  it.each([
    [["--dbt", "./no-dbt"], 1, '--dbt: "./no-dbt" is not an executable file.'],
    [["--dbz"], 64, "Usage: npm run rehearse -- [--dbt PROGRAM] [--changed BASE | KEY...]"],
    [["--changed", "no-branch"], 64, "--changed: git does not know no-branch"],
    [["--changed", "main", "attribution"], 64, "--changed chooses the jobs; leave the keys out"],
  ])("refuses %j in one sentence", (args, exitCode, message) => {
    const { status, stderr } = rehearse("rehearse", ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(exitCode);
  });

  it("names missing programs and files", () => {
    const { status, stderr } = rehearse("rehearse", "atribution");
    expect(status).toBe(64);
    expect(stderr).toBe("No job has the key atribution. `npx dbt-job-manager show` lists all keys.\n");
  });
});
