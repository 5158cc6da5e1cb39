import { execFileSync, spawnSync } from "node:child_process";

/**
 * The commit at which the checked-out branch left another one.
 *
 * @param root the root of the git repository
 * @param base a branch or commit, such as `origin/main`
 * @returns undefined when git does not know the base, or it has no commit in common with this branch
 */
export function mergeBase(root: string, base: string): string | undefined {
  const { status, stdout } = spawnSync("git", ["merge-base", base, "HEAD"], { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** A file of a commit. */
export interface CommittedFile {
  /** The path from the root of the repository. */
  readonly file: string;
  readonly bytes: Buffer;
}

/**
 * The files of a folder at a commit, without those of its folders.
 *
 * @param root the root of the git repository
 * @param folder the path of the folder from the root, with a slash at its end
 */
export function filesAt(root: string, commit: string, folder: string): CommittedFile[] {
  const git = (...args: readonly string[]): Buffer =>
    execFileSync("git", args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  const names = git("ls-tree", "-z", "--name-only", commit, folder).toString().split("\0").filter(Boolean);
  return names.map((file) => ({ file, bytes: git("show", `${commit}:${file}`) }));
}
