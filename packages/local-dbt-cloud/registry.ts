import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readyLineSchema, type ReadyLine } from "./ready-line";

/** The folder in which each running server of this user has a file, by the XDG Base Directory Specification. */
export function registryFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "local-dbt-cloud");
}

/**
 * Registers a running server as `<pid>.json`, which only its owner can read, so that `dbt-job-manager --local` finds it.
 * A second call for the same process replaces its file. Files of processes that no longer run are removed.
 *
 * @returns a function that removes the file
 */
export function register(folder: string, server: ReadyLine): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const [, pid] = /^(\d+)\.json$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
  const file = join(folder, `${server.pid}.json`);
  // Another program may read the file at any time, so it must never be half written.
  writeFileSync(`${file}.new`, JSON.stringify(server), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => {
    rmSync(file, { force: true });
  };
}

/** The registered servers that run, in the order of their addresses. */
export function runningServers(folder: string): ReadyLine[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isRunning(Number(/^(\d+)\.json$/.exec(name)?.[1] ?? NaN)))
    .map((name) => readyLineSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
