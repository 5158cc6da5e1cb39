import { execFileSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import { mergeBase } from "../data-diff/merge-base";
import type { EnvironmentDefinition } from "../env-files/definition";
import { isEnvFile } from "../env-files/env-files";
import { checkEnvironments } from "../env-files/load";
import type { DeclaredJob } from "./declared-jobs";

/** git does not know the commit to compare with. The message is for a person. */
export class UnknownBaseError extends Error {}

/**
 * The jobs whose definition, or whose environment's settings, differ from those at the commit where the branch left its
 * base. Every job differs if the env files of that commit have problems.
 *
 * @param root the root of the git repository
 * @param base a branch or commit, such as `origin/main`
 * @throws UnknownBaseError when git does not know the base, or it has no commit in common with this branch
 */
export function changedJobs(root: string, base: string, jobs: readonly DeclaredJob[]): DeclaredJob[] {
  const before = environmentsAt(root, commonCommit(root, base));
  return jobs.filter(({ environment, key, definition }) => {
    const earlier = before.find(({ name }) => name === environment.name);
    const isSame =
      earlier !== undefined &&
      isDeepStrictEqual(earlier.jobs[key], definition) &&
      isDeepStrictEqual(settingsOf(earlier), settingsOf(environment));
    return !isSame;
  });
}

/** What all jobs of an environment have in common. Notifications change no run. */
function settingsOf({ jobs: _jobs, notifications: _notifications, ...settings }: EnvironmentDefinition): object {
  return settings;
}

function commonCommit(root: string, base: string): string {
  const commit = mergeBase(root, base);
  if (commit !== undefined) return commit;
  throw new UnknownBaseError(
    `git does not know ${base}, or it has no commit in common with this branch. Fetch it first: git fetch origin`,
  );
}

function environmentsAt(root: string, commit: string): readonly EnvironmentDefinition[] {
  const files = git(root, "ls-tree", "-z", "--name-only", commit, "environments/")
    .toString()
    .split("\0")
    .filter(isEnvFile);
  const texts = files.map((file) => ({ file, bytes: git(root, "show", `${commit}:${file}`) }));
  return checkEnvironments(texts, {}).environments;
}

function git(root: string, ...args: readonly string[]): Buffer {
  return execFileSync("git", args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
}
