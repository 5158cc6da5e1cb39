import { join } from "node:path";
import { Argument, Command } from "commander";
import { describeAgent } from "./agent-commands";
import { describeAlert } from "./alert-command";
import { BRANCH_PAGE, commandHelp, examples, PROGRAM_HELP } from "./help-text";
import { describeImport } from "./import-command";
import { describeMergeRequest } from "./merge-request-commands";
import type { Shell } from "./output/completion";
import { version } from "./package.json";
import { keysOf, wholeNumberUpTo, type CommonOptions, type Runner } from "./program-options";
import { describeSimulate } from "./simulate-command";
import { describeStatus } from "./status-commands";
import { describeUsage } from "./usage-command";
import { configFile, defaultConfig, projectFolder, requireProject } from "./project-folder";

const FILES = "env files, or folders with env files (default: environments/ of the project)";
const CONFIG = "the env file; `prod` means environments/prod.yaml";
const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** Describes every command. A command is loaded only when it is called, so that `--version` and `--help` are fast. */
export function describeProgram(runner: Runner): Command {
  const program = new Command("dbt-job-manager")
    .description(
      "Checks the dbt Cloud jobs that env files declare, and deploys the jobs of feature branches to dbt Cloud.",
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError("(add --help for the commands and examples)")
    .addHelpText("after", PROGRAM_HELP);
  describeOffline(program, runner);
  describeSimulate(program, runner, () => orDefault([]));
  describeImport(program, runner, usingCloud);
  describeMergeRequest(program, runner);
  describeDeploy(program, runner);
  describeWatching(program, runner);
  describeStatus(program, runner, usingCloud);
  describeAlert(program, runner, usingCloud);
  describeUsage(program, runner, () => orDefault([]));
  describeCleanup(program, runner);
  for (const command of program.commands) {
    command.option("--json", "print the result as JSON").addHelpText("after", commandHelp(command));
  }
  describeAgent(program, runner, usingCloud);
  describeCompletion(program);
  return program;
}

interface DbtFlags extends CommonOptions {
  readonly dbtProgram?: string;
}

function describeOffline(program: Command, { offline }: Runner): void {
  program
    .command("validate")
    .description("check env files together, offline; report every problem with its place and its fix")
    .argument("[files...]", FILES)
    .option("--dbt", "also resolve the steps with dbt, and check what they select")
    .option("--dbt-program <program>", "another dbt for --dbt (default: the dbt of .venv)")
    .option("--exit-code", "end with exit code 2 when --dbt finds warnings")
    .addHelpText("after", examples("validate", "validate environments/prod.yaml --json"))
    .action(async (files: string[], options: DbtFlags & { dbt?: boolean; exitCode?: boolean }) => {
      const { validate } = await import("./commands/validate.js");
      const { exitCode = false, dbtProgram: program } = options;
      const usesDbt = options.dbt ?? program !== undefined;
      const dbt = usesDbt ? { project: projectFolder(), program } : undefined;
      await offline(options, (dependencies) => validate({ files: orDefault(files), dbt, exitCode }, dependencies));
    });

  program
    .command("show")
    .description("show the jobs that env files declare: key, schedule in words, next runs and steps")
    .argument("[files...]", FILES)
    .option("--next <n>", "number of next runs to show for each job", wholeNumberUpTo(999), 2)
    .addHelpText("after", examples("show", "show environments/prod.yaml --next 5"))
    .action(async (files: string[], options: CommonOptions & { next: number }) => {
      const { show } = await import("./commands/show.js");
      await offline(options, (dependencies) => show({ files: orDefault(files), next: options.next }, dependencies));
    });

  program
    .command("schedule")
    .description("show the next runs in UTC and in the team's time zone, runs in the same minute, and clock changes")
    .argument("[files...]", FILES)
    .option("--next <n>", "number of next runs to show for each job", wholeNumberUpTo(999), 2)
    .option("--timezone <zone>", "the team's time zone, such as Europe/Berlin (default: the time zone of the env file)")
    .addHelpText("after", examples("schedule environments/prod.yaml --next 5 --timezone America/New_York"))
    .action(async (files: string[], options: CommonOptions & { next: number; timezone?: string }) => {
      const { schedule } = await import("./commands/schedule.js");
      await offline(options, (dependencies) => schedule({ ...options, files: orDefault(files) }, dependencies));
    });

  program
    .command("compare")
    .description("show the differences between the jobs of two environments")
    .argument("<left>", "name of an environment, such as staging")
    .argument("<right>", "name of another environment, such as production")
    .addHelpText("after", examples("compare staging prod"))
    .action(async (left: string, right: string, options: CommonOptions) => {
      const { compare } = await import("./commands/compare.js");
      await offline(options, (dependencies) => compare({ files: orDefault([]), left, right }, dependencies));
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
  const plan = usingCloud(program.command("plan"))
    .description("show what a deploy would change, field by field; the same as deploy --dry-run")
    .addHelpText("after", examples("plan", "plan --exit-code --json"));
  const deploy = usingCloud(program.command("deploy"))
    .description("deploy this branch's jobs to the shared environment")
    .option("--dry-run", "show the plan and change nothing")
    .option("--yes", "delete jobs even if more than half of the branch's jobs are deleted")
    .option("--run", "run the deployed jobs and wait for them")
    .addHelpText(
      "after",
      examples("deploy --config environments/dev.yaml", "deploy --dry-run", "deploy --only campaign-performance --run"),
    );
  for (const command of [plan, deploy]) {
    command
      .option("--exit-code", "end with exit code 2 when a dry run finds changes")
      .option("--only <keys...>", "only deploy the jobs with these keys, also as a,b", keysOf)
      .option("--adopt", "adopt jobs that have this branch's names and no mark")
      .option("--full", "read every job's own environment variables, also where the mark shows no change");
  }
  plan.action((flags: DeployFlags) => start(flags, true));
  deploy.action((flags: DeployFlags) => start(flags, flags.dryRun ?? false));
}

interface RunFlags extends CommonOptions {
  readonly config: string;
  readonly wait?: boolean;
  readonly retry?: boolean;
  readonly bootstrap?: boolean;
  readonly dbtVersion?: string;
  readonly runKey?: string;
  readonly all?: boolean;
}

function describeWatching(program: Command, { online }: Runner): void {
  usingCloud(program.command("explain"))
    .description("explain a job: what it builds and reads, what reads its tables, its next runs and its duration")
    .argument("<key>", "key of a job")
    .option("--dbt-program <program>", "another dbt (default: the dbt of .venv)")
    .addHelpText("after", examples("explain attribution --config prod", "explain campaign-performance --json"))
    .action(async (key: string, flags: DbtFlags & { config: string }) => {
      const { explain } = await import("./commands/explain.js");
      const { config, dbtProgram: program } = flags;
      await online(flags, (dependencies) => explain({ config, key, project: projectFolder(), program }, dependencies));
    });

  usingCloud(program.command("list"))
    .description("list the deployed jobs of this branch")
    .option("--details", "also show ids, schedules, last runs and links")
    .option("--all-branches", "list the team's jobs of all branches and people")
    .addHelpText("after", examples("list --details", "list --all-branches --json"))
    .action(async (flags: CommonOptions & { config: string; details?: boolean; allBranches?: boolean }) => {
      const { list } = await import("./commands/list.js");
      const { config, details = false, allBranches = false } = flags;
      await online(flags, (dependencies) => list({ config, details, allBranches }, dependencies));
    });

  usingCloud(program.command("logs"))
    .description("print the complete log of a job's newest run")
    .argument("<key>", "key of a job")
    .option("--step <n>", "print only the step with this number (default: all steps)", wholeNumberUpTo(999))
    .option("--follow", "print new lines until the run ends")
    .addHelpText(
      "after",
      examples(
        "logs attribution --config prod",
        "logs campaign-performance --step 1",
        "logs campaign-performance --follow",
      ),
    )
    .action(async (key: string, flags: CommonOptions & { config: string; step?: number; follow?: boolean }) => {
      const { logs } = await import("./commands/logs.js");
      const { config, step, follow = false } = flags;
      await online(flags, (dependencies) => logs({ config, key, step, follow }, dependencies));
    });

  usingCloud(program.command("cancel"))
    .description("cancel the run of a job that is in progress")
    .argument("<key>", "key of a job")
    .addHelpText("after", examples("cancel campaign-performance", "cancel attribution --config prod"))
    .action(async (key: string, flags: CommonOptions & { config: string }) => {
      const { cancel } = await import("./commands/cancel.js");
      await online(flags, (dependencies) => cancel({ config: flags.config, key }, dependencies));
    });

  usingCloud(program.command("run"))
    .description("run jobs now; a branch's jobs run on the branch and build into its schema")
    .argument("[keys...]", "keys of jobs")
    .option("--all", "run all deployed jobs of the env file, each after the jobs that it expects")
    .option("--wait", "wait for the runs, print each step and each failed test, and fail if a run fails")
    .option("--retry", "retry the last run from the point of failure; follow it if it is in progress")
    .option(
      "--run-key <key>",
      "follow the runs that an earlier command started with this key, and start no second ones (default in GitLab: the CI job)",
    )
    .option("--bootstrap", "first run the jobs that these jobs defer to and that never succeeded; waits for each run")
    .option("--dbt-version <track>", "release track or version of dbt, such as compatible (default: the job's)")
    .addHelpText(
      "after",
      examples(
        "run attribution-daily-refresh --wait",
        "run attribution --config environments/prod.yaml",
        "run attribution-daily-refresh --bootstrap",
        "run campaign-performance --dbt-version compatible --wait",
        "run campaign-performance --wait --run-key nightly-2026-11-29",
      ),
    )
    .action(async (keys: string[], flags: RunFlags) => {
      const { run } = await import("./commands/run.js");
      const { config, all = false, wait = false, retry = false, bootstrap = false, dbtVersion, runKey } = flags;
      await online(flags, (dependencies) =>
        run({ config, keys, all, wait, retry, bootstrap, dbtVersion, runKey }, dependencies),
      );
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
  readonly cancel?: boolean;
}

function describeCleanup(program: Command, { online }: Runner): void {
  usingCloud(program.command("cleanup"))
    .description("delete unused branch jobs, and the schema of each branch whose last job is deleted")
    .option(
      "--older-than <days>",
      "jobs that nobody deployed, changed or ran for this number of days",
      wholeNumberUpTo(999),
    )
    .option("--merged", "jobs of branches that are merged, or do not exist on the remote")
    .option("--branch <ref>", "jobs of the branch with this full name")
    .option("--all-users", "include other people's jobs")
    .option("--dry-run", "list the jobs and delete nothing")
    .option("--yes", "delete jobs even if more than half of them are deleted")
    .option("--cancel", "cancel the runs in progress of these jobs first, and wait for their end")
    .addHelpText("after", examples("cleanup --older-than 7 --dry-run", "cleanup --merged --all-users"))
    .action(async (flags: CleanupFlags) => {
      const { cleanup } = await import("./commands/cleanup.js");
      const { config, olderThan, merged = false, branch, allUsers = false, dryRun = false, yes = false } = flags;
      await online(flags, (dependencies) =>
        cleanup(
          { config, olderThan, merged, branch, allUsers, dryRun, yes, cancel: flags.cancel ?? false },
          dependencies,
        ),
      );
    });
}

/** The command that prints the completion script of a shell. It describes the commands that were added before it. */
function describeCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", examples("completion bash", "completion zsh", "completion fish"))
    .addHelpText("after", `\nDocs: ${BRANCH_PAGE}`)
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./output/completion.js");
      process.stdout.write(completionScript(shell, program));
    });
}

/** Adds the options of a command that uses dbt Cloud. */
function usingCloud(command: Command): Command {
  return command
    .option("--config <file>", CONFIG, configFile, defaultConfig())
    .option("--local", "use the local dbt Cloud that runs in this project")
    .option("--verbose", "print each request with its body");
}

/** The given files, else the folder of the project's env files. */
function orDefault(files: readonly string[]): readonly string[] {
  if (files.length > 0) return files;
  requireProject({ config: defaultConfig() });
  return [join(projectFolder(), "environments")];
}
