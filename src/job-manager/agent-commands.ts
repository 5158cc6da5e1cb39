import type { Command } from "commander";
import { commandHelp, examples } from "./help-text";
import { keysOf, wholeNumberUpTo, type CommonOptions, type Runner } from "./program-options";

interface ApproveFlags extends CommonOptions {
  readonly config: string;
  readonly only?: string[];
  readonly validFor: number;
}

/**
 * The commands for AI agents: the server that they call, and the approval by a person.
 *
 * @param usingCloud adds the options of a command that uses dbt Cloud
 */
export function describeAgent(
  program: Command,
  { online, server }: Runner,
  usingCloud: (command: Command) => Command,
): void {
  const mcp = program
    .command("mcp")
    .description("serve tools to an AI agent over stdin and stdout; it applies only plans that a person approved")
    .option("--local", "use the local dbt Cloud that runs in this project")
    .addHelpText("after", examples("mcp", "mcp --local"))
    .action(async (flags: CommonOptions) => {
      await server(flags, async (environment) => {
        const { serve } = await import("./agent/server.js");
        await serve({ environment, isLocal: flags.local ?? false });
      });
    });

  const approve = usingCloud(program.command("approve"))
    .description("show a plan in the terminal and ask; a program may then apply it once")
    .argument("<hash>", "the hash of the plan, from `plan --json` or the tool `plan`")
    .option("--only <keys...>", "the keys with which the plan was made, also as a,b", keysOf)
    .option("--valid-for <minutes>", "how long the approval is valid", wholeNumberUpTo(1440), 60)
    .addHelpText("after", ["", "Examples:", "  $ dbt-job-manager approve HASH --valid-for 15"].join("\n"))
    .action(async (hash: string, flags: ApproveFlags) => {
      const { approve: ask } = await import("./commands/approve.js");
      const { config, only = [], validFor: minutes } = flags;
      await online(flags, (dependencies) => ask({ config, hash, only, minutes }, dependencies));
    });

  for (const command of [mcp, approve]) command.addHelpText("after", commandHelp(command));
}
