import { execFileSync } from "node:child_process";
import { ConfigurationError, type Problem } from "../env-files/problem";
import type { ProcessEnvironment } from "../env-files/process-environment";
import { slugOf } from "../jobs/names";
import type { Workplace } from "./branch-jobs/branch";

/**
 * Finds the branch and the person: from GitLab's environment variables, else from git.
 *
 * @param folder a folder of the git repository
 * @throws ConfigurationError with each value that is unknown, and its purpose
 */
export function readWorkplace(env: ProcessEnvironment, folder: string): Workplace {
  const slug = env["CI_COMMIT_REF_SLUG"]?.trim() || undefined;
  const ref = refOf(env, folder, slug);
  const user = userOf(env, folder);
  const problems: Problem[] = [];
  if (!ref)
    problems.push(missing("CI_COMMIT_REF_NAME", "the branch: jobs and their schema are named after it", BRANCH));
  if (!user) problems.push(NO_USER);
  if (!ref || !user) throw new ConfigurationError(problems);
  return { ref, refSlug: slugOf(slug ?? ref), user };
}

/**
 * Finds the person, independent of the branch.
 *
 * @throws ConfigurationError when the person is unknown
 */
export function readUser(env: ProcessEnvironment, folder: string): string {
  const user = userOf(env, folder);
  if (!user) throw new ConfigurationError([NO_USER]);
  return user;
}

function userOf(env: ProcessEnvironment, folder: string): string | undefined {
  return env["GITLAB_USER_LOGIN"]?.trim() || git(folder, "config", "user.name");
}

/** A slug that was set by hand may differ from the slug of the current branch; then the slug is used as the branch's name. */
function refOf(env: ProcessEnvironment, folder: string, slug: string | undefined): string | undefined {
  const named = env["CI_COMMIT_REF_NAME"]?.trim();
  if (named) return named;
  const current = git(folder, "symbolic-ref", "--quiet", "--short", "HEAD");
  return slug === undefined || (current && slugOf(current) === slug) ? current : slug;
}

const BRANCH = "check out a branch, or set CI_COMMIT_REF_NAME to its name";
const NO_USER = missing(
  "GITLAB_USER_LOGIN",
  "the person: jobs and their schema are named after it",
  "run `git config user.name NAME`, or set GITLAB_USER_LOGIN to your GitLab login",
);

function missing(path: string, purpose: string, fix: string): Problem {
  return { file: "environment", path, reason: `it is not set, and git does not know ${purpose}`, allowed: "text", fix };
}

/** The output of git; undefined when git or the repository is missing. */
function git(folder: string, ...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
