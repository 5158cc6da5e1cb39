import { spawnSync } from "node:child_process";

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
