import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "..");
const CRUISER = join(ROOT, "node_modules", ".bin", "depcruise");
const CONFIG = join(ROOT, ".dependency-cruiser.cjs");

/** Imports that the table forbids, one for each rule: from, to, rule. */
const FORBIDDEN = [
  ["src/jobs/a.ts", "src/env-files/target.ts", "imports-of-jobs"],
  ["src/env-files/a.ts", "constructs/target.ts", "imports-of-env-files"],
  ["src/dbt-cloud/a.ts", "src/env-files/target.ts", "imports-of-dbt-cloud"],
  ["constructs/a.ts", "src/dbt-cloud/target.ts", "imports-of-constructs"],
  ["constructs/b.ts", "src/env-files/target.ts", "constructs-take-types-of-env-files"],
  ["src/job-manager/a.ts", "constructs/target.ts", "imports-of-job-manager"],
  ["src/job-manager/output/a.ts", "src/job-manager/commands/target.ts", "commands-are-entered-from-main"],
  ["src/simulation/a.ts", "src/env-files/target.ts", "imports-of-simulation"],
  ["src/rehearsal/a.ts", "constructs/target.ts", "imports-of-rehearsal"],
  ["src/rehearsal/b.ts", "packages/local-dbt-cloud/target.ts", "rehearsals-start-the-local-dbt-cloud"],
  ["src/dashboard/a.ts", "src/dbt-cloud/target.ts", "imports-of-dashboard"],
  ["src/html/a.ts", "src/dashboard/target.ts", "imports-of-html"],
  ["src/delivery/a.ts", "src/gitlab/target.ts", "imports-of-delivery"],
  ["src/gitlab/a.ts", "src/job-manager/target.ts", "imports-of-gitlab"],
  ["src/git/a.ts", "src/jobs/target.ts", "imports-of-git"],
  ["src/adoption/a.ts", "src/data-diff/target.ts", "imports-of-adoption"],
  ["src/data-diff/a.ts", "src/env-files/target.ts", "imports-of-data-diff"],
  ["benchmarks/a.ts", "main.ts", "nobody-imports-the-program"],
] as const;

const ALLOWED = [
  ["src/env-files/fine.ts", "src/jobs/target.ts"],
  ["src/dbt-cloud/fine.ts", "src/jobs/target.ts"],
  ["src/job-manager/fine.ts", "src/dbt-cloud/target.ts"],
  ["main.ts", "constructs/target.ts"],
] as const;

/** Which imports of some files break which rules. */
function violations(files: Readonly<Record<string, string>>): [from: string, rule: string][] {
  const folder = mkdtempSync(join(tmpdir(), "imports-"));
  try {
    for (const [file, text] of Object.entries({ "tsconfig.json": "{}", ...files })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const { stdout } = spawnSync(CRUISER, ["--config", CONFIG, "--output-type", "json", "."], { cwd: folder });
    const { summary } = JSON.parse(stdout.toString()) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    return summary.violations.map(({ from, rule }) => [from, rule.name]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importOf(from: string, to: string): string {
  return `import { target } from "${"../".repeat(from.split("/").length - 1) || "./"}${to.replace(/\.ts$/, "")}";\ntarget();\n`;
}

describe("the import table", () => {
  it("holds in this project", () => {
    const { status, stdout } = spawnSync("npm", ["run", "--silent", "imports"], { cwd: ROOT });
    expect(stdout.toString()).toContain("no dependency violations found");
    expect(status).toBe(0);
  });

  it("has rules that find a forbidden import", () => {
    const imports = [...FORBIDDEN, ...ALLOWED];
    const targets = imports.map(([, to]) => [to, "export const target = (): void => {};\n"]);
    const sources = imports.map(([from, to]) => [from, importOf(from, to)]);
    const types = {
      "constructs/types.ts": 'import type { B } from "../src/env-files/types";\nexport const a = (b: B): B => b;\n',
      "src/env-files/types.ts": "export type B = number;\n",
    };
    const cycle = {
      "src/jobs/one.ts": 'import { two } from "./two";\nexport const one = (): number => two();\n',
      "src/jobs/two.ts": 'import { one } from "./one";\nexport const two = (): number => one();\n',
    };
    const files = Object.fromEntries([...targets, ...sources]) as Record<string, string>;
    const found = violations({ ...files, ...types, ...cycle });
    expect(new Set(found.map((violation) => violation.join(" ")))).toEqual(
      new Set([...FORBIDDEN.map(([from, , rule]) => `${from} ${rule}`), "src/jobs/one.ts no-cycles"]),
    );
  });
});
