import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import type { ProgramRun } from "./run-program";

const ROOT = resolve(__dirname, "../..");

/** The program's file. */
export const JOB_MANAGER = resolve(ROOT, "src/job-manager/bin.cjs");

/** A running `dbt-job-manager`. */
export interface JobManagerProcess {
  readonly child: ChildProcess;
  /** Resolves when the program ends. The exit code is null when a signal ended it. */
  readonly ended: Promise<ProgramRun>;
  /** Resolves when the program has printed to stderr or has ended. */
  readonly says: (text: string) => Promise<void>;
}

/** Starts `dbt-job-manager` as a child process, with piped output and only the given environment variables. */
export function startJobManager(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = ROOT,
): JobManagerProcess {
  const child = spawn(process.execPath, [JOB_MANAGER, ...args], { cwd, env: { PATH: process.env["PATH"], ...env } });
  const said = { stdout: "", stderr: "" };
  const listeners: (() => void)[] = [];
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      tell();
    });
  }
  const ended = new Promise<ProgramRun>((resolveEnd, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolveEnd({ exitCode, ...said });
    });
  });
  return {
    child,
    ended,
    says: (text) =>
      new Promise((resolveSaid) => {
        const check = (): void => {
          if (said.stderr.includes(text)) resolveSaid();
        };
        listeners.push(check);
        check();
        void ended.then(() => {
          resolveSaid();
        });
      }),
  };
}
