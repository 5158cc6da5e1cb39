import { execFile } from "node:child_process";
import { existsSync, realpathSync, rmSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** The files that a run asks for. */
export interface Wanted {
  /** The repository's folder, or a folder in it. */
  readonly repo: string;
  /** The project's folder in the repository, from its settings. */
  readonly subdirectory: string | null;
  /** The branch or commit that the trigger asks for. */
  readonly asked: string | null;
  /** The branch of the environment. */
  readonly environmentBranch: string | null;
}

/** The files that a run uses. */
export interface Checkout {
  /** The folder of dbt_project.yml. */
  readonly project: string;
  readonly branch: string | null;
  readonly sha: string | null;
  /** The lines for the log. The first line names the files. */
  readonly lines: readonly string[];
}

/**
 * Finds the files of a run. It checks out the wanted branch into `folder`. It uses the working tree when that has the
 * branch checked out, or when the environment's branch does not exist.
 *
 * @param folder the folder for the branch's files
 * @throws Error when the trigger's branch or commit does not exist, or the files have no dbt project
 */
export async function checkOut(wanted: Wanted, folder: string): Promise<Checkout> {
  const { repo, asked, environmentBranch } = wanted;
  const head = await readHead(repo);
  const name = asked ?? environmentBranch;
  if (name === null) return workingTree(wanted, head, "the environment names no branch");
  if (!head) {
    if (asked !== null) throw new Error(`${repo} is no git repository, so that ${asked} cannot be checked out`);
    return workingTree(wanted, head, `it is no git repository; dbt Cloud would use the branch ${name}`);
  }
  if (name === head.branch) return workingTree(wanted, head, "it has that branch checked out");
  const sha = await commitOf(repo, name);
  if (sha === undefined) {
    if (asked !== null) throw new Error(`${repo} has no branch or commit ${asked}`);
    return workingTree(wanted, head, `the repository has no branch ${name}, which dbt Cloud would use`);
  }
  await git(repo, "worktree", "add", "--detach", "--force", folder, sha);
  const project = projectIn(join(folder, head.prefix), wanted.subdirectory);
  const reason = asked === null ? "the environment's branch" : "asked for by the trigger";
  const lines = [`Project: ${project}, ${name} at ${sha.slice(0, 7)} (${reason}), not the working tree`];
  return { project, branch: name === sha ? null : name, sha, lines };
}

/** Removes the files of a checkout. */
export async function removeCheckout(repo: string, folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  try {
    await git(repo, "worktree", "remove", "--force", folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Head {
  readonly branch: string | null;
  readonly sha: string;
  /** The folder's path in the repository. */
  readonly prefix: string;
  readonly changed: number;
}

async function readHead(repo: string): Promise<Head | undefined> {
  try {
    const sha = await git(repo, "rev-parse", "--verify", "HEAD");
    const branch = await git(repo, "rev-parse", "--abbrev-ref", "HEAD");
    const prefix = await git(repo, "rev-parse", "--show-prefix");
    const status = await git(repo, "status", "--porcelain", "--", ".");
    const changed = status === "" ? 0 : status.split("\n").length;
    return { sha, branch: branch === "HEAD" ? null : branch, prefix, changed };
  } catch {
    return undefined;
  }
}

/** The commit of a branch of this repository, or of its origin, or the commit with this name. */
async function commitOf(repo: string, name: string): Promise<string | undefined> {
  const candidates = [`refs/heads/${name}`, `refs/remotes/origin/${name}`];
  if (/^[0-9a-f]{7,40}$/.test(name)) candidates.push(name);
  for (const candidate of candidates) {
    try {
      return await git(repo, "rev-parse", "--verify", "--quiet", `${candidate}^{commit}`);
    } catch {
      continue;
    }
  }
  return undefined;
}

function workingTree(wanted: Wanted, head: Head | undefined, reason: string): Checkout {
  const project = projectIn(wanted.repo, wanted.subdirectory);
  const lines = [`Project: ${project}, the working tree (${reason})`];
  if (head) lines.push(`Checked out: ${head.branch ?? "no branch"} at ${head.sha.slice(0, 7)}`);
  if (head && head.changed > 0) {
    lines.push(`${head.changed} files differ from that commit: dbt Cloud would not see what was not pushed`);
  }
  return { project, branch: head?.branch ?? null, sha: head?.sha ?? null, lines };
}

/** The subfolder in the project's settings if it has a dbt project, or else the root. */
function projectIn(root: string, subdirectory: string | null): string {
  const folder = join(root, subdirectory ?? "");
  for (const candidate of [folder, root]) {
    if (!existsSync(join(candidate, "dbt_project.yml"))) continue;
    if (relative(realpathSync(root), realpathSync(candidate)).split(sep)[0] === "..") continue;
    return resolve(candidate);
  }
  throw new Error(`no dbt_project.yml in ${[...new Set([folder, root])].join(" or ")}`);
}

/** Runs git without the repository's hooks, which are for developers only. */
async function git(repo: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute("git", ["-C", repo, "-c", "core.hooksPath=/dev/null", ...args], {
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trimEnd();
}
