import { splitWords } from "./command-line";

/** The meaning of a step's text: the arguments of dbt, or the reason why it is not run. */
export type Command = { readonly subcommand: string; readonly args: readonly string[] } | { readonly refusal: string };

const SUBCOMMANDS = [
  "build",
  "clone",
  "compile",
  "debug",
  "deps",
  "docs generate",
  "list",
  "ls",
  "parse",
  "retry",
  "run",
  "run-operation",
  "seed",
  "show",
  "snapshot",
  "source freshness",
  "source snapshot-freshness",
  "test",
];

/** Flags before the subcommand that take the next word as their value. */
const FLAGS_WITH_VALUE = new Set([
  "--defer-state",
  "--indirect-selection",
  "--log-file-max-bytes",
  "--log-format",
  "--log-format-file",
  "--log-level",
  "--log-level-file",
  "--printer-width",
  "--record-timing-info",
  "-r",
  "--state",
  "--target",
  "-t",
  "--warn-error-options",
]);

/** With these flags, a run could leave its folder and its warehouse. */
const OWN_FLAGS = ["--profiles-dir", "--project-dir", "--target-path", "--log-path", "--profile"];

const SHELL_WORDS = new Set(["&&", "||", "|", ";", ">", ">>", "<", "&"]);

/** Reads one step. It accepts only the dbt commands of jobs, and uses no shell. */
export function readCommand(step: string): Command {
  const words = splitWords(step);
  if ("reason" in words) return refused(step, words.reason);
  const [program, ...args] = words;
  if (program !== "dbt") return refused(step, "it is not a dbt command");
  const shell = args.find((word) => SHELL_WORDS.has(word));
  if (shell !== undefined) return refused(step, `\`${shell}\` is shell syntax, and no shell runs it`);
  const own = args.map((word) => word.split("=", 1)[0]!).find((flag) => OWN_FLAGS.includes(flag));
  if (own !== undefined) return refused(step, `${own} is set by the run itself`);
  const subcommand = subcommandOf(args);
  if (subcommand === undefined) return refused(step, `jobs run dbt ${SUBCOMMANDS.join(", ")}`);
  return { subcommand, args };
}

function subcommandOf(args: readonly string[]): string | undefined {
  let i = 0;
  while (args[i]?.startsWith("-")) i += FLAGS_WITH_VALUE.has(args[i]!) ? 2 : 1;
  const [first, second] = args.slice(i);
  return SUBCOMMANDS.find((name) => name === first || name === `${first} ${second}`);
}

function refused(step: string, reason: string): Command {
  return { refusal: `\`${step}\` is not run: ${reason}.` };
}
