import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { ConfigurationError, type Problem } from "../env-files/problem";
import type { ProcessEnvironment } from "../env-files/process-environment";

/** The file that each running local dbt Cloud leaves. */
const localCloudSchema = z.object({
  url: z.string(),
  token: z.string(),
  account_id: z.int(),
  /** The folder of its state; null when it keeps nothing. */
  state: z.string().nullable(),
  pid: z.int(),
});

/** A local dbt Cloud that runs on this machine. */
export type LocalCloud = z.output<typeof localCloudSchema>;

/** The default folder of a local dbt Cloud's state, below the folder in which it was started. */
const STATE_FOLDER = ".local-dbt-cloud";

/** Every local dbt Cloud that this person runs, by the files in `~/.local/state/local-dbt-cloud`. */
export function runningLocalClouds(env: ProcessEnvironment): LocalCloud[] {
  const folder = join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "local-dbt-cloud");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .flatMap((name) => readLocalCloud(join(folder, name)) ?? [])
    .filter(({ pid }) => isRunning(pid));
}

/**
 * The local dbt Cloud of a project: the one that keeps its state in the project, or the only one.
 *
 * @param root the project's root
 * @throws ConfigurationError when there is none, or several and none of them belongs to the project
 */
export function localCloudOf(root: string, running: readonly LocalCloud[]): LocalCloud {
  const own = running.find(({ state }) => state !== null && isSameFolder(state, join(root, STATE_FOLDER)));
  const [first, ...others] = running;
  if (own ?? (first && others.length === 0)) return (own ?? first)!;
  throw new ConfigurationError([first ? several(running) : none()]);
}

function none(): Problem {
  return {
    file: "--local",
    path: "",
    reason: "no local dbt Cloud runs on this machine",
    allowed: "a local dbt Cloud that is running",
    fix: "run `npx local-dbt-cloud --seed` in another shell",
  };
}

function several(running: readonly LocalCloud[]): Problem {
  return {
    file: "--local",
    path: "",
    reason: "several local dbt Clouds run, and none of them keeps its state in this project",
    got: running.map(({ url, state }) => `${url} (${state ?? "keeps nothing"})`).join(", "),
    allowed: "one local dbt Cloud, or one with its state in this project",
    fix: "stop the others; or leave out --local and export the variables that the right one printed",
  };
}

/** A file that another program is writing, or that an older version left, is no server. */
function readLocalCloud(file: string): LocalCloud | undefined {
  try {
    return localCloudSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isSameFolder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((folder) => (existsSync(folder) ? realpathSync(folder) : resolve(folder)));
  return left === right;
}
