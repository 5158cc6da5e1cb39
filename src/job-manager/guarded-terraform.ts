import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";

/**
 * Runs terraform for cdktf, which `TERRAFORM_BINARY_NAME` tells to use this program. Before an apply it makes a plan and asks
 * `dbt-job-manager guard`; it then applies this very plan, so that nothing can change between the two.
 */
function main(args: readonly string[]): number {
  const [command, ...options] = args;
  if (command !== "apply" || options.some((option) => !option.startsWith("-"))) return terraform(args);
  const isApproved = options.includes("-auto-approve");
  const planOptions = options.filter((option) => option !== "-auto-approve");
  const planned = terraform(["plan", `-out=${PLAN}`, "-input=false", ...planOptions]);
  if (planned !== 0) return planned;
  const program = join(__dirname, "main.js");
  const guarded = run(process.execPath, [program, "guard", basename(process.cwd())]);
  if (guarded !== 0) return guarded;
  return terraform(isApproved ? ["apply", "-input=false", PLAN] : args);
}

/** The file that `dbt-job-manager guard` reads in the stack's folder. */
const PLAN = "plan";

function terraform(args: readonly string[]): number {
  return run("terraform", args);
}

/** Runs a program on this program's terminal, and returns its exit code. */
function run(program: string, args: readonly string[]): number {
  const { error, status } = spawnSync(program, args, { stdio: "inherit" });
  if (error) process.stderr.write(`${program} cannot start: ${error.message}\n`);
  return status ?? 1;
}

// Terraform gets the same signal and finishes what it has begun, so this program only waits for it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.exitCode = main(process.argv.slice(2));
