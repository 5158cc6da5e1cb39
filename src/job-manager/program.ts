import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { CommandDependencies, CommandResult, OfflineDependencies } from "./commands/command";
import { version } from "./package.json";

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly local?: boolean;
  readonly verbose?: boolean;
}

/** How a command is run and its result printed. */
export interface Runner {
  /** For commands that read files only. */
  readonly offline: (
    options: CommonOptions,
    command: (dependencies: OfflineDependencies) => CommandResult,
  ) => Promise<void>;
  /** For commands that ask dbt Cloud. */
  readonly online: (
    options: CommonOptions,
    command: (dependencies: CommandDependencies) => Promise<CommandResult>,
  ) => Promise<void>;
}

const FILES = "env files, or folders of them (default: environments/ of the project)";
const CONFIG = "the env file";
const DEV = "dev.yaml";

/** Describes every command; each is loaded only when it is called, so that `--version` answers at once. */
export function describeProgram(runner: Runner): Command {
  const program = new Command("dbt-job-manager")
    .description("Checks the dbt Cloud jobs that env files declare, and brings those of feature branches to dbt Cloud.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(add --help for the commands and examples)");
  describeOffline(program, runner);
  describeDeploy(program, runner);
  describeWatching(program, runner);
  describeCleanup(program, runner);
  for (const command of program.commands) command.option("--json", "print the result as JSON");
  return program;
}

function describeOffline(program: Command, { offline }: Runner): void {
  program
    .command("validate")
    .description("check env files together, offline; every problem is reported with its place and fix")
    .argument("[files...]", FILES)
    .addHelpText("after", examples("validate", "validate environments/prod.yaml --json"))
    .action(async (files: string[], options: CommonOptions) => {
      const { validate } = await import("./commands/validate.js");
      await offline(options, (dependencies) => validate({ files: orProjects(files) }, dependencies));
    });

  program
    .command("show")
    .description("show the jobs: key, schedule in words, next runs and steps")
    .argument("[files...]", FILES)
    .option("--next <n>", "how many of the next runs to show", wholeNumber, 2)
    .addHelpText("after", examples("show", "show environments/prod.yaml --next 5"))
    .action(async (files: string[], options: CommonOptions & { next: number }) => {
      const { show } = await import("./commands/show.js");
      await offline(options, (dependencies) => show({ files: orProjects(files), next: options.next }, dependencies));
    });

  program
    .command("schedule")
    .description("show when jobs run next, in UTC and on the team's clock, with clashes and clock changes")
    .argument("[files...]", FILES)
    .option("--next <n>", "how many of the next runs of each job", wholeNumber, 2)
    .option("--timezone <zone>", "the team's time zone, such as Europe/Berlin (default: that of the env file)")
    .addHelpText("after", examples("schedule environments/prod.yaml --next 5 --timezone America/New_York"))
    .action(async (files: string[], options: CommonOptions & { next: number; timezone?: string }) => {
      const { schedule } = await import("./commands/schedule.js");
      await offline(options, (dependencies) => schedule({ ...options, files: orProjects(files) }, dependencies));
    });

  program
    .command("compare")
    .description("show what two environments declare differently")
    .argument("<left>", "an environment, such as staging")
    .argument("<right>", "another one, such as production")
    .addHelpText("after", examples("compare staging prod"))
    .action(async (left: string, right: string, options: CommonOptions) => {
      const { compare } = await import("./commands/compare.js");
      await offline(options, (dependencies) => compare({ files: orProjects([]), left, right }, dependencies));
    });
}

interface DeployFlags extends CommonOptions {
  readonly config: string;
  readonly dryRun?: boolean;
  readonly exitCode?: boolean;
  readonly only?: string[];
  readonly adopt?: boolean;
  readonly full?: boolean;
  readonly yes?: boolean;
  readonly run?: boolean;
}

function describeDeploy(program: Command, { online }: Runner): void {
  const start = async (flags: DeployFlags, dryRun: boolean): Promise<void> => {
    const { deploy } = await import("./commands/deploy.js");
    const { config, exitCode = false, only = [], adopt = false, full = false, yes = false, run = false } = flags;
    await online(flags, (dependencies) =>
      deploy({ config, dryRun, exitCode, only, adopt, full, yes, run }, dependencies),
    );
  };
  const plan = asking(program.command("plan"))
    .description("show what a deploy would change, field by field; the same as deploy --dry-run")
    .addHelpText("after", examples("plan", "plan --exit-code --json"));
  const deploy = asking(program.command("deploy"))
    .description("bring this branch's jobs to the shared environment")
    .option("--dry-run", "show the plan and change nothing")
    .option("--yes", "delete even when most of the branch's jobs would go")
    .option("--run", "run the deployed jobs and wait for them")
    .addHelpText(
      "after",
      examples("deploy --config environments/dev.yaml", "deploy --dry-run", "deploy --only campaign-performance --run"),
    );
  for (const command of [plan, deploy]) {
    command
      .option("--exit-code", "end with 2 when a dry run finds changes")
      .option("--only <keys...>", "leave all other jobs alone")
      .option("--adopt", "take over jobs that have this branch's names and nobody's mark")
      .option("--full", "read every job's own environment variables, not only where the mark says that they changed");
  }
  plan.action((flags: DeployFlags) => start(flags, true));
  deploy.action((flags: DeployFlags) => start(flags, flags.dryRun ?? false));
}

function describeWatching(program: Command, { online }: Runner): void {
  asking(program.command("list"))
    .description("list this branch's jobs that are deployed")
    .option("--details", "show ids, schedules, last runs and links as well")
    .option("--all-branches", "list the team's jobs of all branches and people")
    .addHelpText("after", examples("list --details", "list --all-branches --json"))
    .action(async (flags: CommonOptions & { config: string; details?: boolean; allBranches?: boolean }) => {
      const { list } = await import("./commands/list.js");
      const { config, details = false, allBranches = false } = flags;
      await online(flags, (dependencies) => list({ config, details, allBranches }, dependencies));
    });

  asking(program.command("status"))
    .description("show how the last runs went, what failed in them, and the jobs that they expect")
    .argument("[keys...]", "keys of jobs (default: all of the file)")
    .addHelpText("after", examples("status", "status executive-dashboard --config environments/prod.yaml"))
    .action(async (keys: string[], flags: CommonOptions & { config: string }) => {
      const { status } = await import("./commands/status.js");
      await online(flags, (dependencies) => status({ config: flags.config, keys }, dependencies));
    });

  asking(program.command("run"))
    .description("run jobs now: a branch's jobs on the branch and in its schema")
    .argument("<keys...>", "keys of jobs")
    .option("--wait", "follow the runs step by step, print failed tests, and fail with them")
    .option("--retry", "go on from where the last run failed")
    .addHelpText(
      "after",
      examples("run attribution-daily-refresh --wait", "run attribution --config environments/prod.yaml"),
    )
    .action(async (keys: string[], flags: CommonOptions & { config: string; wait?: boolean; retry?: boolean }) => {
      const { run } = await import("./commands/run.js");
      const { config, wait = false, retry = false } = flags;
      await online(flags, (dependencies) => run({ config, keys, wait, retry }, dependencies));
    });
}

interface CleanupFlags extends CommonOptions {
  readonly config: string;
  readonly olderThan?: number;
  readonly merged?: boolean;
  readonly branch?: string;
  readonly allUsers?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

function describeCleanup(program: Command, { online }: Runner): void {
  asking(program.command("cleanup"))
    .description("delete branch jobs that nobody needs any more, and each branch's schema with its last job")
    .option("--older-than <days>", "not deployed, changed, or run by somebody for so many days", wholeNumber)
    .option("--merged", "of branches that are merged, or gone from the remote")
    .option("--branch <ref>", "of this branch, by its full name")
    .option("--all-users", "other people's jobs as well")
    .option("--dry-run", "list them and delete nothing")
    .option("--yes", "delete even when most of the jobs would go")
    .addHelpText("after", examples("cleanup --older-than 7 --dry-run", "cleanup --merged --all-users"))
    .action(async (flags: CleanupFlags) => {
      const { cleanup } = await import("./commands/cleanup.js");
      const { config, olderThan, merged = false, branch, allUsers = false, dryRun = false, yes = false } = flags;
      await online(flags, (dependencies) =>
        cleanup({ config, olderThan, merged, branch, allUsers, dryRun, yes }, dependencies),
      );
    });
}

/** A command that asks dbt Cloud. */
function asking(command: Command): Command {
  return command
    .option("--config <file>", CONFIG, join(projectFolder(), "environments", DEV))
    .option("--local", "work on the local dbt Cloud that runs in this project")
    .option("--verbose", "show each request with what it sends");
}

function examples(...lines: readonly string[]): string {
  return ["\nExamples:", ...lines.map((line) => `  $ dbt-job-manager ${line}`)].join("\n");
}

/** The project's env files when none is named. */
function orProjects(files: readonly string[]): readonly string[] {
  return files.length > 0 ? files : [join(projectFolder(), "environments")];
}

/** The nearest folder upwards that holds cdktf.json, relative to the working directory. */
export function projectFolder(): string {
  let folder = process.cwd();
  while (!existsSync(join(folder, "cdktf.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return existsSync(join(folder, "cdktf.json")) ? relative(process.cwd(), folder) : folder;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
  return Number(text);
}
