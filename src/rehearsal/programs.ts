import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The repository's root. */
export const ROOT = join(__dirname, "..", "..");

/** A program of this project, run like a user runs it. */
export interface Program {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
}

const JOB_MANAGER = join(ROOT, "src", "job-manager", "bin.cjs");

export const VALIDATE: Program = {
  title: "Check the env files",
  command: [process.execPath, JOB_MANAGER, "validate"],
};

export const SYNTHESIZE: Program = {
  title: "Synthesize the Terraform JSON",
  command: [process.execPath, "-r", "ts-node/register", "main.ts"],
};

export const SHOW: Program = {
  title: "Jobs of each environment",
  command: [process.execPath, JOB_MANAGER, "show"],
};

export const DEPLOY_BRANCH_JOBS: Program = {
  title: "Deploy a branch's jobs to the shared environment",
  command: [process.execPath, JOB_MANAGER, "deploy"],
};

export const LIST_BRANCH_JOBS: Program = {
  title: "The branch's jobs in dbt Cloud",
  command: [process.execPath, JOB_MANAGER, "list"],
};

/**
 * Prints a title, runs a program and returns its exit code.
 *
 * @param env environment variables in addition to those of this process
 */
export function run({ title, command: [file, ...args] }: Program, env: Readonly<Record<string, string>> = {}): number {
  console.log(`\n== ${title}`);
  const { status, error } = spawnSync(file, args, { cwd: ROOT, stdio: "inherit", env: { ...process.env, ...env } });
  if (error) throw error;
  return status ?? 1;
}
