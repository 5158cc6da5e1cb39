import { Option, type Command } from "commander";
import { examples } from "./help-text";
import { wholeNumberUpTo, type CommonOptions, type Runner } from "./program-options";
import { projectFolder } from "./project-folder";

interface DiffFlags extends CommonOptions {
  readonly plan?: string;
  readonly markdown?: boolean;
  readonly exitCode?: boolean;
}

interface DataDiffFlags extends CommonOptions {
  readonly base: string;
  readonly select?: readonly string[];
  readonly sources?: string;
  readonly sample?: string;
  readonly samplePercent?: number;
  readonly html?: string;
  readonly markdown?: boolean;
  readonly exitCode?: boolean;
}

/** The commands for a merge request: what a plan of Terraform changes, and the note. */
export function describeMergeRequest(program: Command, runner: Runner): void {
  describeTerraform(program, runner);
  describeDataDiff(program, runner);
  describeNote(program, runner);
}

function describeTerraform(program: Command, { offline, online }: Runner): void {
  const environment = "an environment that Terraform applies, such as production";
  const plan = "a plan in JSON (default: the plan that `cdktf diff` made)";
  program
    .command("diff")
    .description("describe the plan of `cdktf diff` in words: what happens to each job, and what is lost")
    .argument("<environment>", environment)
    .option("--plan <file>", plan)
    .option("--markdown", "print Markdown, for a merge request")
    .option("--exit-code", "end with exit code 2 when the plan has changes")
    .addHelpText("after", examples("diff production", "diff staging --markdown"))
    .action(async (name: string, flags: DiffFlags) => {
      const { diff } = await import("./commands/diff.js");
      const { markdown = false, exitCode = false } = flags;
      const options = { project: projectFolder(), environment: name, plan: flags.plan, markdown, exitCode };
      await offline(flags, (dependencies) => diff(options, dependencies));
    });

  program
    .command("guard")
    .description("refuse a plan that deletes or doubles a job, or that is of another branch, account or environment")
    .argument("<environment>", environment)
    .option("--plan <file>", plan)
    .addHelpText("after", examples("guard production"))
    .action(async (name: string, flags: DiffFlags) => {
      const { guard } = await import("./commands/diff.js");
      const options = { project: projectFolder(), environment: name, plan: flags.plan };
      await online(flags, (dependencies) => guard(options, dependencies));
    });
}

function describeDataDiff(program: Command, { offline }: Runner): void {
  program
    .command("diff-data")
    .description("build the dbt project with and without your changes on DuckDB, and compare every mart by its key")
    .option("--base <ref>", "the branch or commit to compare with", "origin/main")
    .option("--select <models...>", "build and compare only these models, in dbt's selection syntax (default: all)")
    .option(
      "--sources <file>",
      "a DuckDB file with the source tables, in the schema dbt_production (default: sample data)",
    )
    .addOption(
      new Option(
        "--sample <target>",
        "take the source tables from a target of dbt/profiles.yml, for a share of its customers",
      ).conflicts("sources"),
    )
    .option("--sample-percent <n>", "the share of the customers for --sample (default: 10)", wholeNumberUpTo(100))
    .option("--html <file>", "also write the difference to a page without scripts, which needs no network")
    .option("--markdown", "print Markdown, for a merge request")
    .option("--exit-code", "end with exit code 2 when a mart differs")
    .addHelpText(
      "after",
      examples(
        "diff-data",
        "diff-data --base HEAD --markdown",
        "diff-data --select tag:products --html diff.html",
        "diff-data --sources my.duckdb",
        "diff-data --sample redshift --sample-percent 5",
      ),
    )
    .action(async (flags: DataDiffFlags) => {
      const { diffData } = await import("./commands/diff-data.js");
      const { base, select, sources, sample, samplePercent, html, markdown = false, exitCode = false } = flags;
      const say = (message: string): void => void process.stderr.write(`${message}\n`);
      await offline(flags, (dependencies) =>
        diffData(
          { project: projectFolder(), base, select, sources, sample, samplePercent, html, markdown, exitCode },
          { ...dependencies, say },
        ),
      );
    });
}

function describeNote(program: Command, { offline }: Runner): void {
  program
    .command("note")
    .description("write Markdown files as one note of the merge request, and update it in later pipelines")
    .argument("<files...>", "files with Markdown, such as the output of `diff --markdown`")
    .option("--output <file>", "the file that gets the complete note", "note.md")
    .addHelpText("after", examples("note staging.md production.md"))
    .action(async (files: string[], flags: CommonOptions & { output: string }) => {
      const { note } = await import("./commands/note.js");
      const { output } = flags;
      await offline(flags, (dependencies) => note({ files, output }, dependencies));
    });
}
