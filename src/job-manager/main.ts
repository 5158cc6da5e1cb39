import { writeSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { isatty } from "node:tty";
import { CommanderError } from "commander";
import { isColorSupported } from "picocolors";
import { systemClock } from "../dbt-cloud/clock";
import type { ProcessEnvironment } from "../env-files/process-environment";
import { printable } from "../jobs/printable";
import { attempt } from "./attempt";
import type { CommandDependencies, CommandResult, OfflineDependencies } from "./commands/command";
import { EXIT } from "./exit-codes";
import { cleaner, type Clean } from "./output/clean";
import { progressOn } from "./output/progress";
import { resultJson } from "./output/result-json";
import { describeProgram } from "./program";
import type { CommonOptions, Runner } from "./program-options";
import { defaultConfig, projectFolder, requireProject } from "./project-folder";

process.stdout.on("error", endAfterFailedWrite);
process.stderr.on("error", endAfterFailedWrite);
process.on("beforeExit", refuseSilentEnd);
void main(process.argv).finally(() => process.off("beforeExit", refuseSilentEnd));

async function main(argv: readonly string[]): Promise<void> {
  if (!hasWorkingDirectory()) {
    process.stderr.write(
      "the working directory does not exist any more; change to a folder that exists, and try again\n",
    );
    process.exitCode = EXIT.failed;
    return;
  }
  const runner: Runner = {
    offline: async (options, command) => {
      print(options, await attempt(() => command(offlineDependencies(process.env))));
    },
    online: async (options, command) => {
      print(options, await attemptOnline(options, command));
    },
    server: async (options, serve) => {
      const result = await attempt(async () => {
        requireProject({ config: defaultConfig() });
        await serve(() => environmentFor(options));
        return { exitCode: EXIT.ok, text: "" };
      });
      if (result.exitCode !== EXIT.ok) print(options, result);
    },
  };
  const program = describeProgram(runner);
  // Commander has no access to the options of a command line that is wrong.
  const json = argv.includes("--json");
  const output = {
    writeErr: (text: string): void => {
      if (!json) process.stderr.write(cleanerOf(process.env)(text));
    },
  };
  for (const command of [program, ...program.commands]) command.configureOutput(output);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!json || error.exitCode === 0) return;
    const message = error.message.replace(/^error: /, "");
    print({ json }, { exitCode: EXIT.usage, text: message, error: { code: "usage", message, problems: [] } });
  }
}

/** Node.js ends a process that waits for nothing with the exit code 0, also if its work is not done. */
function refuseSilentEnd(): void {
  process.stderr.write("the program ended before its work was done; try again\n");
  process.exitCode = EXIT.failed;
}

function cleanerOf(env: ProcessEnvironment): Clean {
  return cleaner(env, hasColors());
}

function hasColors(): boolean {
  return isatty(process.stdout.fd) && isColorSupported;
}

function offlineDependencies(env: ProcessEnvironment): OfflineDependencies {
  const isTerminal = isatty(process.stdout.fd);
  const width = isTerminal ? process.stdout.columns : undefined;
  return { env, now: systemClock.now(), colors: hasColors(), width };
}

/** After the first Ctrl-C, the command finishes the requests that it has sent. The second Ctrl-C ends the program. */
async function attemptOnline(
  options: CommonOptions,
  command: (dependencies: CommandDependencies) => Promise<CommandResult>,
): Promise<CommandResult> {
  const stop = new AbortController();
  const progress = progressOn(process.stderr, systemClock, cleanerOf(process.env));
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.failed);
    progress.note("Stopping: the requests that were sent are finished, and no new ones are sent.");
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    return await attempt(async () => {
      requireProject(options);
      const env = await environmentFor(options);
      const clean = cleanerOf(env);
      const log = (line: string, body?: unknown): void => {
        if (!options.verbose) return;
        const text = body === undefined ? line : `${line} ${JSON.stringify(body)}`;
        process.stderr.write(`${clean(text)}\n`);
      };
      const write = (line: string): void => {
        if (!options.json) process.stdout.write(`${clean(printable(line))}\n`);
      };
      const surroundings = { stop: stop.signal, folder: process.cwd(), clock: systemClock, random: Math.random };
      return command({
        ...offlineDependencies(env),
        ...surroundings,
        isLocal: options.local ?? false,
        progress,
        log,
        write,
        ask: askerOf(options, stop.signal),
      });
    });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/** Asks on stderr, where the progress is. Every answer but yes means no, and so does Ctrl-C. */
function askerOf({ json }: CommonOptions, stop: AbortSignal): CommandDependencies["ask"] {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) => {
    const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    try {
      return /^y(?:es)?$/i.test((await reader.question(`${question} [y/N] `, { signal: stop })).trim());
    } catch {
      return false;
    } finally {
      reader.close();
    }
  };
}

async function environmentFor({ local }: CommonOptions): Promise<ProcessEnvironment> {
  if (!local) return process.env;
  const { localEnvironment } = await import("./connection.js");
  return localEnvironment(process.env, projectFolder());
}

/** Prints a result on stdout and a problem on stderr. With `--json` it prints both as JSON on stdout. */
function print({ json }: CommonOptions, result: CommandResult): void {
  const { exitCode, text } = result;
  const printed = cleanerOf(process.env)(json ? JSON.stringify(resultJson(result), null, 2) : text);
  const isResult = exitCode === EXIT.ok || exitCode === EXIT.onRequest;
  (json || isResult ? process.stdout : process.stderr).write(`${printed}\n`);
  process.exitCode = exitCode;
}

function hasWorkingDirectory(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

/** A program such as `head` closes the pipe when it has read enough. Every other failure, such as a full disk, ends the program. */
function endAfterFailedWrite(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return;
  try {
    writeSync(process.stderr.fd, `the output cannot be written: ${error.message}\n`);
  } catch {
    // The output of errors is not writable either, so only the exit code is left.
  }
  process.exit(EXIT.failed);
}
