import { filesAt, mergeBase } from "../git/history";
import type { EnvironmentDefinition } from "./definition";
import { isEnvFile } from "./env-files";
import { checkEnvironments } from "./load";

/** git does not know the commit to compare with. The message is for a person. */
export class UnknownBaseError extends Error {}

/**
 * The environments as the env files declare them at the commit where the branch left its base.
 *
 * @param root the root of the git repository
 * @param base a branch or commit, such as `origin/main`
 * @returns none if the env files of that commit have problems
 * @throws UnknownBaseError when git does not know the base, or it has no commit in common with this branch
 */
export function environmentsAtBase(root: string, base: string): EnvironmentDefinition[] {
  const commit = mergeBase(root, base);
  if (commit === undefined) {
    throw new UnknownBaseError(
      `git does not know ${base}, or it has no commit in common with this branch. Fetch it first: git fetch origin`,
    );
  }
  const files = filesAt(root, commit, "environments/").filter(({ file }) => isEnvFile(file));
  return checkEnvironments(files, {}).environments;
}
