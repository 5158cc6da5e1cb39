import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { printable } from "../jobs/printable";
import { CommandError } from "./commands/command";
import { EXIT } from "./exit-codes";
import { counted } from "./output/counted";
import type { Progress } from "./output/progress";

const execute = promisify(execFile);

const REMOTE = "origin";
/** How long the remote may take to answer, in milliseconds. Without an answer the command goes on. */
const PATIENCE = 10_000;

/** Work on a branch that dbt Cloud cannot see, because it reads the remote repository. */
export interface UnpublishedWork {
  /** Whether the remote has the branch. */
  readonly isOnRemote: boolean;
  /** What dbt Cloud cannot see, for the person; undefined when it sees everything. */
  readonly note?: string;
}

/** A remote that asks for a password counts as one that does not answer. */
const NO_QUESTIONS = ["-c", "core.askPass=true", "-c", "credential.interactive=false"];

/** The command that publishes a branch. */
function pushCommand(ref: string): string {
  return `git push --set-upstream ${REMOTE} ${ref}`;
}

/**
 * Compares the working directory with the remote repository.
 *
 * @param folder a folder of the git repository
 * @param ref the branch's full name
 * @returns undefined when it is not known: there is no repository or no remote, the remote does not answer, or a different branch is
 *   checked out, as in a CI job
 */
export async function readUnpublishedWork(folder: string, ref: string): Promise<UnpublishedWork | undefined> {
  const git = async (...args: string[]): Promise<string> =>
    (await execute("git", [...NO_QUESTIONS, ...args], { cwd: folder, timeout: PATIENCE })).stdout.trim();
  try {
    if ((await git("symbolic-ref", "--quiet", "--short", "HEAD")) !== ref) return undefined;
    const [found, status, head] = await Promise.all([
      git("ls-remote", "--heads", REMOTE, `refs/heads/${ref}`),
      git("status", "--porcelain"),
      git("rev-parse", "HEAD"),
    ]);
    const tip = found.split("\t")[0]!;
    const changed = status === "" ? 0 : status.split("\n").length;
    const uncommitted = changed === 0 ? [] : [`${counted(changed, "file")} with changes that are not committed`];
    const unpushed = tip === "" || tip === head ? [] : await commitsAfter(git, tip);
    const missing = [...uncommitted, ...unpushed];
    if (tip === "") return { isOnRemote: false, note: notOnRemote(ref, changed) };
    if (missing.length === 0) return { isOnRemote: true };
    return { isOnRemote: true, note: `dbt Cloud runs what is on ${REMOTE}/${ref}, without ${missing.join(" and ")}.` };
  } catch {
    return undefined;
  }
}

function notOnRemote(ref: string, changed: number): string {
  const more = changed > 0 ? ` Not committed either: ${counted(changed, "file")}.` : "";
  return `dbt Cloud cannot see branch ${ref}, because ${REMOTE} does not have it: \`${pushCommand(ref)}\`.${more}`;
}

/** The commits that the remote lacks. Git does not know the remote's commit when somebody else pushed it. */
async function commitsAfter(git: (...args: string[]) => Promise<string>, tip: string): Promise<string[]> {
  try {
    const count = Number(await git("rev-list", "--count", `${tip}..HEAD`));
    return count > 0 ? [`${counted(count, "commit")} that ${count === 1 ? "is" : "are"} not pushed`] : [];
  } catch {
    return ["your commits: the remote has other ones, which you have not fetched"];
  }
}

/** What the check needs of a command. */
interface Surroundings {
  readonly folder: string;
  readonly isLocal?: boolean;
  readonly progress: Pick<Progress, "note">;
}

/**
 * Tells the person what dbt Cloud cannot see. The local dbt Cloud sees the working directory, so it is not checked.
 *
 * @param willRun whether the command starts runs, which need the branch on the remote
 * @throws CommandError when the command starts runs and the remote does not have the branch
 */
export async function tellUnpublishedWork(
  ref: string,
  willRun: boolean,
  { folder, isLocal = false, progress }: Surroundings,
): Promise<void> {
  const work = isLocal ? undefined : await readUnpublishedWork(folder, ref);
  if (work?.note === undefined) return;
  if (willRun && !work.isOnRemote) {
    throw new CommandError(EXIT.failed, `Run \`${pushCommand(ref)}\` first. ${work.note} Nothing was changed or run.`);
  }
  progress.note(printable(work.note));
}
