import { isDeepStrictEqual } from "node:util";
import { environmentsAtBase } from "../env-files/at-base";
import type { EnvironmentDefinition } from "../env-files/definition";
import type { DeclaredJob } from "./declared-jobs";

/**
 * The jobs whose definition, or whose environment's settings, differ from those at the commit where the branch left its
 * base. Every job differs if the env files of that commit have problems.
 *
 * @param root the root of the git repository
 * @param base a branch or commit, such as `origin/main`
 * @throws UnknownBaseError when git does not know the base, or it has no commit in common with this branch
 */
export function changedJobs(root: string, base: string, jobs: readonly DeclaredJob[]): DeclaredJob[] {
  const before = environmentsAtBase(root, base);
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
