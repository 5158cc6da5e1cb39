import { Option, type Command } from "commander";
import type { SimulateOptions } from "./commands/simulate";
import { examples } from "./help-text";
import { wholeNumberUpTo, type CommonOptions, type Runner } from "./program-options";
import { configFile, projectFolder } from "./project-folder";

interface SimulateFlags extends CommonOptions {
  readonly change?: string;
  readonly base?: string;
  readonly days: number;
  readonly trials: number;
  readonly seed: number;
  readonly slots: number;
  readonly history?: string;
  readonly cloud?: boolean;
  readonly minutes?: string[];
  readonly fail?: string[];
  readonly markdown?: boolean;
}

/**
 * The command that simulates schedules.
 *
 * @param allFiles the env files of the project, for a command line that names none
 */
export function describeSimulate(
  program: Command,
  { offline, online }: Runner,
  allFiles: () => readonly string[],
): void {
  program
    .command("simulate")
    .description("simulate a month of schedules: the deadlines that break, critical paths, and the use of run slots")
    .option(
      "--config <file>",
      "an env file, or a folder of env files (default: all env files of the project)",
      configFile,
    )
    .option("--change <file>", "a changed env file: compare it with the file of the same environment")
    .addOption(
      new Option(
        "--base <ref>",
        "compare the env files with those of the commit at which the branch left <ref>, such as origin/main",
      ).conflicts("change"),
    )
    .option("--days <n>", "number of days, from the next midnight in UTC", wholeNumberUpTo(366), 30)
    .option("--trials <n>", "how often the days are simulated", wholeNumberUpTo(10_000), 200)
    .option(
      "--seed <n>",
      "selects the durations and failures; the same seed gives the same result",
      wholeNumberUpTo(1e9),
      1,
    )
    .option("--slots <n>", "number of runs that an environment executes at the same time", wholeNumberUpTo(1000), 1)
    .option("--history <file>", "a JSON file of past runs: durations and failures are drawn from them")
    .option("--cloud", "draw durations and failures from the runs of the last 30 days in dbt Cloud")
    .option("--minutes <n...>", "minutes of each run of a job (attribution:45), or of jobs without past runs (10)")
    .option("--fail <rates...>", "share of a job's runs that fails (attribution:5%)")
    .option("--markdown", "print Markdown, for a merge request")
    .option("--local", "with --cloud: use the local dbt Cloud that runs in this project")
    .option("--verbose", "with --cloud: print each request with its body")
    .addHelpText(
      "after",
      examples(
        "simulate --config prod --minutes 20 attribution:45 --fail attribution:5%",
        "simulate --config prod --change environments/prod.yaml --days 60",
        "simulate --base origin/main --markdown",
      ),
    )
    .action(async (flags: SimulateFlags) => {
      const { simulate, simulateFromCloud } = await import("./commands/simulate.js");
      const { config, minutes = [], fail = [], markdown = false, cloud = false } = flags;
      const options = (): SimulateOptions => {
        const files = config === undefined ? allFiles() : [config];
        return { ...flags, project: projectFolder(), files, minutes, fail, markdown };
      };
      if (cloud) await online(flags, (dependencies) => simulateFromCloud(options(), dependencies));
      else await offline(flags, (dependencies) => simulate(options(), dependencies));
    });
}
