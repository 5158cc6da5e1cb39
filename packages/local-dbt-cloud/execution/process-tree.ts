import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A program that a step runs. */
export interface ProgramOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Receives each line of its output. */
  readonly onLine: (line: string) => void;
  /** Receives the process id when the program has started. */
  readonly onStart: (processId: number) => void;
  /** Ends the program and everything that it started. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly patience: number;
}

/**
 * Runs a program to its end, in a new process group.
 *
 * @returns the exit code; undefined when a signal ended it
 * @throws when it cannot be started
 */
export async function runProgram(options: ProgramOptions): Promise<number | undefined> {
  const { file, args, cwd, env, signal, patience } = options;
  if (signal.aborted) return undefined;
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const processId = child.pid;
  if (processId === undefined) throw await new Promise((resolve) => child.once("error", resolve));
  options.onStart(processId);
  const outputs = [child.stdout, child.stderr];
  for (const output of outputs) createInterface({ input: output }).on("line", options.onLine);
  const closed = new Promise((resolve) => child.once("close", resolve));

  let force: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(processId, "SIGTERM");
    force = setTimeout(signalGroup, patience, processId, "SIGKILL");
  };
  signal.addEventListener("abort", end);
  const exitCode = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  signal.removeEventListener("abort", end);
  clearTimeout(force);
  // Processes that the program left behind would keep the warehouse and the output pipes open.
  signalGroup(processId, "SIGKILL");
  const hurry = setTimeout(() => {
    for (const output of outputs) output.destroy();
  }, patience);
  await closed;
  clearTimeout(hurry);
  return exitCode ?? undefined;
}

/** Ends a program that an earlier start of the server left behind, if the process id still belongs to that program. */
export function endOrphan(processId: number, args: readonly string[]): boolean {
  const running = argumentsOf(processId);
  if (args.length === 0 || !running?.endsWith(args.join(" "))) return false;
  signalGroup(processId, "SIGKILL");
  return true;
}

/** The command line of a process, with one space between words. */
function argumentsOf(processId: number): string | undefined {
  const file = `/proc/${processId}/cmdline`;
  if (existsSync(file)) return readFileSync(file, "utf8").split("\0").join(" ").trimEnd();
  const { status, stdout } = spawnSync("ps", ["-ww", "-o", "args=", "-p", String(processId)], { encoding: "utf8" });
  return status === 0 ? stdout.trimEnd() : undefined;
}

function signalGroup(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-processId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
