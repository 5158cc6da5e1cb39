import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "./client";

/** Thrown when this machine cannot have the client. The message has the reason. */
export class NotInstalled extends Error {}

/**
 * Installs the client into a virtual environment, unless an earlier call did so.
 *
 * @param cache the folder of all virtual environments
 * @returns the Python program that has the client
 * @throws NotInstalled when there is no suitable Python or when pip fails
 */
export function install({ name, requirements, python }: Client, cache: string): string {
  if (requirements.length === 0) return pythonOnPath(["3"]);
  const digest = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 12);
  const folder = join(cache, `${name}-${digest}`);
  const program = join(folder, "bin", "python");
  const stamp = join(folder, "installed");
  if (existsSync(stamp)) return program;
  mkdirSync(cache, { recursive: true });
  run(pythonOnPath(python), "-m", "venv", "--clear", folder);
  run(program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...requirements);
  // This file is written last, so that an interrupted installation is repeated.
  writeFileSync(stamp, "");
  return program;
}

function pythonOnPath(versions: readonly string[]): string {
  const names = versions.map((version) => `python${version}`);
  const found = names.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (found === undefined) throw new NotInstalled(`none of ${names.join(", ")} is on PATH`);
  return found;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return;
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => /error/i.test(line));
  throw new NotInstalled(error?.message ?? lines.at(-1)?.trim() ?? `${command} ended with exit code ${status}`);
}
