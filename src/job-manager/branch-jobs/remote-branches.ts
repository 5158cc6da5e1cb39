import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The remote that branches are pushed to. */
const REMOTE = "origin";
const MAIN = `refs/remotes/${REMOTE}/main`;

/** The branches of the remote repository. */
export interface RemoteBranches {
  /** Whether a branch is merged into main, or does not exist on the remote. */
  readonly isMerged: (ref: string) => boolean;
}

/**
 * Reads the branches of the remote. A branch without commits, whose tip is a commit of main itself, does not count as merged. In a
 * shallow clone, a branch whose history is missing does not count as merged either.
 *
 * @throws Error when git cannot read the remote, or the remote has no branch
 */
export async function readRemoteBranches(folder: string): Promise<RemoteBranches> {
  const git = async (...args: string[]): Promise<string> => (await run("git", args, { cwd: folder })).stdout;
  const heads = new Map(
    (await git("ls-remote", "--heads", REMOTE))
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [commit, name] = line.split("\t") as [string, string];
        return [name.replace("refs/heads/", ""), commit] as const;
      }),
  );
  if (heads.size === 0) throw new Error(`${REMOTE} has no branch at all`);
  const reachable = await commits(git, MAIN);
  const ownOfMain = await commits(git, "--first-parent", MAIN);
  return {
    isMerged: (ref) => {
      const tip = heads.get(ref);
      return tip === undefined || (reachable.has(tip) && !ownOfMain.has(tip));
    },
  };
}

async function commits(git: (...args: string[]) => Promise<string>, ...what: string[]): Promise<Set<string>> {
  try {
    return new Set((await git("rev-list", ...what)).split("\n"));
  } catch {
    return new Set();
  }
}
