import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A program of this project, run as a user would run it. */
interface Program {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
}

const ROOT = join(__dirname, "..");
const JOB_MANAGER = join(ROOT, "job-manager", "bin.cjs");

const VALIDATE: Program = {
  title: "Check the env files",
  command: [process.execPath, JOB_MANAGER, "validate"],
};
const SYNTHESIZE: Program = {
  title: "Synthesize the Terraform JSON",
  command: [process.execPath, "-r", "ts-node/register", "main.ts"],
};
const SHOW: Program = {
  title: "Jobs of each environment",
  command: [process.execPath, JOB_MANAGER, "show"],
};

process.exitCode = rehearse();

/** Runs one program after the other and stops at the first that fails, with its exit code. */
function rehearse(): number {
  for (const program of [VALIDATE, SYNTHESIZE, SHOW]) {
    const exitCode = run(program);
    if (exitCode !== 0) return exitCode;
    if (program === SYNTHESIZE) reportStacks();
  }
  return 0;
}

function run({ title, command: [file, ...args] }: Program): number {
  console.log(`\n== ${title}`);
  const { status, error } = spawnSync(file, args, { cwd: ROOT, stdio: "inherit" });
  if (error) throw error;
  return status ?? 1;
}

/** cdktf lists the stacks it wrote in its manifest. */
function reportStacks(): void {
  const manifest = join(ROOT, "cdktf.out", "manifest.json");
  if (!existsSync(manifest)) throw new Error("main.ts wrote no cdktf.out/manifest.json");
  const { stacks } = JSON.parse(readFileSync(manifest, "utf8")) as {
    stacks: Readonly<Record<string, { synthesizedStackPath: string }>>;
  };
  for (const [name, { synthesizedStackPath }] of Object.entries(stacks)) {
    const file = join("cdktf.out", synthesizedStackPath);
    const { resource } = JSON.parse(readFileSync(join(ROOT, file), "utf8")) as { resource: { dbtcloud_job: object } };
    console.log(`${name}: ${Object.keys(resource.dbtcloud_job).length} jobs in ${file}`);
  }
}
