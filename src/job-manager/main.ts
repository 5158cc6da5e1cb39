import { isatty } from "node:tty";
import { CommanderError } from "commander";
import { isColorSupported } from "picocolors";
import type { Problem } from "../env-files/problem";
import type { ProcessEnvironment } from "../env-files/process-environment";
import { withoutSecrets } from "../env-files/secrets";
import type { CommandDependencies, CommandResult, OfflineDependencies } from "./commands/command";
import { EXIT, type ExitCode } from "./exit-codes";
import { progressOn } from "./output/progress";
import { describeProgram, projectFolder, type CommonOptions, type Runner } from "./program";

for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
void main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  const runner: Runner = {
    offline: async (options, command) => {
      print(options, await attempt(() => command(offlineDependencies(process.env))));
    },
    online: async (options, command) => {
      print(options, await attemptOnline(options, command));
    },
  };
  const program = describeProgram(runner);
  const output = { writeErr: (text: string) => void process.stderr.write(withoutSecrets(text, process.env)) };
  for (const command of [program, ...program.commands]) command.configureOutput(output);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

function offlineDependencies(env: ProcessEnvironment): OfflineDependencies {
  return { env, now: new Date(), colors: isatty(process.stdout.fd) && isColorSupported };
}

/** The first Ctrl-C lets requests on their way come to their end, the second ends the program. */
async function attemptOnline(
  options: CommonOptions,
  command: (dependencies: CommandDependencies) => Promise<CommandResult>,
): Promise<CommandResult> {
  const stop = new AbortController();
  const progress = progressOn(process.stderr);
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.failed);
    progress.note("Stopping: what is on its way is finished, nothing new is begun.");
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    return await attempt(async () => {
      const env = await environmentFor(options);
      const log = (line: string, body?: unknown): void => {
        if (!options.verbose) return;
        const text = body === undefined ? line : `${line} ${JSON.stringify(body)}`;
        process.stderr.write(`${withoutSecrets(text, env)}\n`);
      };
      return command({ ...offlineDependencies(env), progress, log, stop: stop.signal, folder: process.cwd() });
    });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

async function environmentFor({ local }: CommonOptions): Promise<ProcessEnvironment> {
  if (!local) return process.env;
  const { localEnvironment } = await import("./connection.js");
  return localEnvironment(process.env, projectFolder());
}

/** Prints what a command says: results on stdout, problems on stderr, or both as JSON on stdout. */
function print({ json }: CommonOptions, { exitCode, text, json: value }: CommandResult): void {
  const printed = withoutSecrets(json ? JSON.stringify(value, null, 2) : text, process.env);
  const isResult = exitCode === EXIT.ok || exitCode === EXIT.changesPending;
  (json || isResult ? process.stdout : process.stderr).write(`${printed}\n`);
  process.exitCode = exitCode;
}

async function attempt(command: () => CommandResult | Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await command();
  } catch (error) {
    return resultOf(error);
  }
}

/** The result that an expected error is; classes are known by name, because importing them would load zod and yaml. */
function resultOf(error: unknown): CommandResult {
  if (!(error instanceof Error)) throw error;
  switch (error.name) {
    case "ConfigurationError": {
      const { problems } = error as Error & { readonly problems: readonly Problem[] };
      return { exitCode: EXIT.configuration, text: error.message, json: { valid: false, problems } };
    }
    case "CommandError": {
      const { exitCode } = error as Error & { readonly exitCode: ExitCode };
      return { exitCode, text: error.message, json: { error: error.message } };
    }
    case "DbtCloudError":
      return { exitCode: EXIT.failed, text: error.message, json: { error: error.message } };
    default:
      throw error;
  }
}

/** A reader that has seen enough, such as `head`, closes the pipe. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
