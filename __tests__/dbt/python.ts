import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
/** The Python of .venv. */
export const PYTHON = join(ROOT, ".venv", "bin", "python");

/** The exit status and the output of a Python program. */
export interface PythonRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The reason why .venv cannot import a module, or undefined. */
export function missingModule(module: string): string | undefined {
  if (!existsSync(PYTHON)) return "python is not in .venv; npm run python:setup installs it";
  if (
    python("-c", `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`).status === 0
  ) {
    return undefined;
  }
  return `${module} is not in .venv; npm run python:setup -- --dev installs it`;
}

/** Runs .venv's Python, or a program of the repository with it, from the repository's root; it leaves no bytecode. */
export function python(...args: readonly string[]): PythonRun {
  const { status, stdout, stderr } = spawnSync(PYTHON, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { PATH: process.env["PATH"], PYTHONDONTWRITEBYTECODE: "1", DBT_SEND_ANONYMOUS_USAGE_STATS: "false" },
  });
  return { status, stdout, stderr };
}

/** Runs a Python program on a DuckDB file, called `warehouse`; what it prints is JSON. */
export function onDuckdb(file: string, program: string): unknown {
  const connect = `import duckdb, json\nwarehouse = duckdb.connect(${JSON.stringify(file)})\n`;
  const { status, stdout, stderr } = python("-c", connect + program);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout === "" ? undefined : (JSON.parse(stdout) as unknown);
}
