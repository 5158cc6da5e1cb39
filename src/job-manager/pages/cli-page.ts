import type { Command } from "commander";
import { describeProgram } from "../program";

const nothing = (): Promise<void> => Promise.resolve();

const INTRODUCTION = `<!-- Generated from the descriptions of the commands by: npm run docs:generate -->

# The commands of \`dbt-job-manager\`

Run a command with \`npx dbt-job-manager COMMAND\`. This page has the help of the program and of each command.
[branch-jobs.md](branch-jobs.md) explains branch jobs, [gitlab-ci.md](gitlab-ci.md) the pipeline, and
[json.md](json.md) the output of \`--json\`.
`;

/** The page of the documentation with the help of each command, as Markdown. */
export function cliPage(): string {
  const program = describeProgram({ offline: nothing, online: nothing, server: nothing });
  const commands = program.commands.map((command) => `## ${command.name()}\n\n${codeOf(command)}\n`);
  return `${INTRODUCTION}\n${codeOf(program)}\n\n${commands.join("\n")}`;
}

/** The complete help of a command. Its width does not depend on the terminal. */
function codeOf(command: Command): string {
  let help = "";
  command.configureHelp({ helpWidth: 100 });
  command.configureOutput({ writeOut: (text) => (help += text), getOutHasColors: () => false });
  command.outputHelp();
  return ["```text", help.trim().replaceAll(/[ \t]+$/gm, ""), "```"].join("\n");
}
