import { Option, type Command } from "commander";
import { examples } from "./help-text";
import type { CommonOptions, Runner } from "./program-options";
import { projectFolder } from "./project-folder";

interface SlaFlags extends CommonOptions {
  readonly config: string;
  readonly since: string;
  readonly data?: boolean;
  readonly dbtProgram?: string;
  readonly html?: string;
  readonly markdown?: boolean;
}

/** The commands that show how the jobs do: `status` and `sla`. */
export function describeStatus(program: Command, { online }: Runner, usingCloud: (command: Command) => Command): void {
  usingCloud(program.command("status"))
    .description(
      "show what failed, since when, what waits for it and which deadlines break, and the last runs of all jobs",
    )
    .argument("[keys...]", "keys of jobs, to see complete reasons (default: all jobs of the env file, in short)")
    .option("--exit-code", "end with exit code 2 when a last run failed or a job missed its SLA")
    .addOption(new Option("--watch", "show the status again every 30 seconds, until Ctrl-C").conflicts("json"))
    .addHelpText("after", examples("status", "status executive-dashboard --config environments/prod.yaml"))
    .action(async (keys: string[], flags: CommonOptions & { config: string; exitCode?: boolean; watch?: boolean }) => {
      const { status } = await import("./commands/status.js");
      const { config, exitCode = false } = flags;
      const watch = flags.watch ? clearScreen : undefined;
      await online(flags, (dependencies) => status({ config, keys, exitCode, watch }, dependencies));
    });

  usingCloud(program.command("sla"))
    .description("report how many deadlines of `sla` the jobs, marts and exposures met, and why they missed the others")
    .argument("[keys...]", "keys of jobs (default: all jobs with an `sla`)")
    .option("--since <period>", "the length of the period until now, in hours, days or weeks", "30d")
    .option("--data", "also report the marts and exposures of the dbt project with a deadline in `meta.sla`; needs dbt")
    .option("--dbt-program <program>", "another dbt for --data (default: the dbt of .venv)")
    .option("--html <file>", "also write the report to a page with a timeline, without scripts")
    .option("--markdown", "print Markdown")
    .addHelpText(
      "after",
      examples(
        "sla --config prod --since 30d",
        "sla executive-dashboard --config prod --markdown",
        "sla --config prod --data --html deadlines.html",
      ),
    )
    .action(async (keys: string[], flags: SlaFlags) => {
      const { sla } = await import("./commands/sla.js");
      const { config, since, html, markdown = false, dbtProgram: program } = flags;
      const data = flags.data ? { project: projectFolder(), program } : undefined;
      await online(flags, (dependencies) => sla({ config, keys, since, data, html, markdown }, dependencies));
    });
}

/** Clears a terminal and moves to its first line. A pipe or a CI log keeps everything. */
function clearScreen(): void {
  if (process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
}
