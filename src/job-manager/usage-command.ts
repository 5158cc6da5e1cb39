import type { Command } from "commander";
import { examples } from "./help-text";
import { wholeNumberUpTo, type CommonOptions, type Runner } from "./program-options";
import { configFile } from "./project-folder";

interface UsageFlags extends CommonOptions {
  readonly days: number;
  readonly allowance?: number;
  readonly compare?: readonly string[];
  readonly change?: string;
}

/**
 * The command that shows what runs used.
 *
 * @param allFiles the env files of the project, for a command line that names none
 */
export function describeUsage(program: Command, { online }: Runner, allFiles: () => readonly string[]): void {
  program
    .command("usage")
    .description(
      "show what runs used: models built with a forecast, the warehouse's time, slow models and flapping tests",
    )
    .option(
      "--config <file>",
      "an env file, or a folder of env files (default: all env files of the project)",
      configFile,
    )
    .option("--days <n>", "number of days until now", wholeNumberUpTo(366), 30)
    .option("--allowance <n>", "successful models that the plan includes in a month", wholeNumberUpTo(1e9))
    .option("--compare <runs...>", "the ids of two runs: show what differs in the second one")
    .option("--change <file>", "a changed env file: show what it saves in 30 days")
    .option("--local", "use the local dbt Cloud that runs in this project")
    .option("--verbose", "print each request with its body")
    .addHelpText(
      "after",
      examples("usage --config prod --allowance 15000", "usage --config prod --change environments/prod.yaml"),
    )
    .action(async (flags: UsageFlags) => {
      const { usage } = await import("./commands/usage.js");
      const { config, days, allowance, compare, change } = flags;
      await online(flags, (dependencies) =>
        usage({ files: config === undefined ? allFiles() : [config], days, allowance, compare, change }, dependencies),
      );
    });
}
