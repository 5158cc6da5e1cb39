import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isatty } from "node:tty";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { isColorSupported } from "picocolors";
import { withoutSecrets } from "../environments/secrets";
import type { Problem } from "../environments/problem";
import type { CommandDependencies, CommandResult } from "./commands/command";
import { EXIT, type ExitCode } from "./exit-codes";
import { version } from "./package.json";

const FILES = "env files, or folders of them (default: environments/ of the project)";

for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
void main(process.argv);

async function main(argv: readonly string[]): Promise<void> {
  const program = describeProgram();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

function describeProgram(): Command {
  const program = new Command("dbt-job-manager")
    .description("Checks and shows the dbt Cloud jobs that env files declare.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(withoutSecrets(text, process.env)) })
    .showHelpAfterError("(add --help for the commands and examples)");

  program
    .command("validate")
    .description("check env files together, offline; every problem is reported with its place and fix")
    .argument("[files...]", FILES)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ dbt-job-manager validate\n  $ dbt-job-manager validate environments/prod.yaml --json",
    )
    .action(async (files: string[], options: { json?: boolean }) => {
      const { validate } = await import("./commands/validate.js");
      run(options.json, (dependencies) => validate({ files: orProjects(files) }, dependencies));
    });

  program
    .command("show")
    .description("show the jobs: key, schedule in words, next runs and steps")
    .argument("[files...]", FILES)
    .option("--next <n>", "how many of the next runs to show", wholeNumber, 2)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ dbt-job-manager show\n  $ dbt-job-manager show environments/prod.yaml --next 5",
    )
    .action(async (files: string[], options: { next: number; json?: boolean }) => {
      const { show } = await import("./commands/show.js");
      run(options.json, (dependencies) => show({ files: orProjects(files), next: options.next }, dependencies));
    });

  return program;
}

/** The project's env files when none is named: those of the nearest folder upwards that holds cdktf.json. */
function orProjects(files: readonly string[]): readonly string[] {
  if (files.length > 0) return files;
  let folder = process.cwd();
  while (!existsSync(join(folder, "cdktf.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return [relative(process.cwd(), join(folder, "environments")) || "."];
}

/** Runs a command and prints what it says: results on stdout, problems on stderr, or both as JSON on stdout. */
function run(json: boolean | undefined, command: (dependencies: CommandDependencies) => CommandResult): void {
  const { exitCode, text, json: value } = outcome(command);
  const printed = withoutSecrets(json ? JSON.stringify(value, null, 2) : text, process.env);
  const stream = json || exitCode === EXIT.ok ? process.stdout : process.stderr;
  stream.write(`${printed}\n`);
  process.exitCode = exitCode;
}

function outcome(command: (dependencies: CommandDependencies) => CommandResult): CommandResult {
  try {
    return command({ env: process.env, now: new Date(), colors: isatty(process.stdout.fd) && isColorSupported });
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    const exitCode: ExitCode = EXIT.configuration;
    return { exitCode, text: error.message, json: { valid: false, problems: error.problems } };
  }
}

/** A reader that has seen enough, such as `head`, closes the pipe. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** By name, because importing the class here would load zod and yaml before `--version` can answer. */
function isConfigurationError(error: unknown): error is Error & { problems: readonly Problem[] } {
  return error instanceof Error && error.name === "ConfigurationError";
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
  return Number(text);
}
