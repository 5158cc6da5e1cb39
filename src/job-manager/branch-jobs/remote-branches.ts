import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The remote that branches are pushed to. */
const REMOTE = "origin";
const MAIN = `refs/remotes/${REMOTE}/main`;

/** What the remote repository knows of branches. */
export interface RemoteBranches {
  /** Whether a branch is gone from the remote, or merged into main. */
  readonly isMerged: (ref: string) => boolean;
}

/**
 * Asks the remote for its branches. A branch whose tip is one of main's own commits has nothing of its own yet and counts as
 * alive, and so does what a shallow clone cannot tell.
 *
 * @throws Error when the remote cannot be asked
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
