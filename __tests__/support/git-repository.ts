import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A git repository of a test. */
export interface GitRepository {
  readonly folder: string;
  /** Runs git in the repository and returns its output. */
  readonly git: (...args: readonly string[]) => string;
  /** Adds an empty commit and returns its id. */
  readonly commit: (message: string) => string;
}

const folders: string[] = [];

/** Makes a repository with the branch `main`, with its own git configuration only, and removes it after the last test of the file. */
export function gitRepository(...options: readonly string[]): GitRepository {
  const folder = mkdtempSync(join(tmpdir(), "repository-"));
  folders.push(folder);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "t",
        GIT_AUTHOR_EMAIL: "t@example.com",
        GIT_COMMITTER_NAME: "t",
        GIT_COMMITTER_EMAIL: "t@example.com",
      },
    }).trim();
  git("init", "--quiet", "--initial-branch", "main", ...options);
  return {
    folder,
    git,
    commit: (message) => {
      git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
  };
}

/** A clone with one commit on main, and the bare repository that it pushes to. */
export function clonedRepository(): { readonly work: GitRepository; readonly remote: GitRepository } {
  const remote = gitRepository("--bare");
  const work = gitRepository();
  work.git("remote", "add", "origin", remote.folder);
  work.commit("first");
  work.git("push", "--quiet", "origin", "main");
  work.git("fetch", "--quiet", "origin");
  return { work, remote };
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
