import type { Command } from "commander";
import { examples } from "./help-text";
import type { CommonOptions, Runner } from "./program-options";

interface ImportFlags extends CommonOptions {
  readonly config: string;
  readonly write?: boolean;
}

/**
 * The commands that bring what dbt Cloud has to env files: `import` and `drift`.
 *
 * @param usingCloud adds the options of a command that uses dbt Cloud
 */
export function describeImport(
  program: Command,
  { offline, online }: Runner,
  usingCloud: (command: Command) => Command,
): void {
  usingCloud(program.command("import"))
    .description("adopt jobs of dbt Cloud, a .tfvars file or dbt-jobs-as-code: print them as jobs of an env file")
    .argument("[files...]", ".tfvars files, or .yml files of dbt-jobs-as-code (default: the environment in dbt Cloud)")
    .option("--write", "write the jobs into the env file; all other lines stay as they are")
    .addHelpText("after", examples("import --config prod --write", "import env_file/prod_env.tfvars --config prod"))
    .action(async (files: string[], { write = false, ...flags }: ImportFlags) => {
      const { importFromDbtCloud, importFromFiles } = await import("./commands/import.js");
      const options = { config: flags.config, write };
      if (files.length === 0) await online(flags, (dependencies) => importFromDbtCloud(options, dependencies));
      else await offline(flags, (dependencies) => importFromFiles({ ...options, files }, dependencies));
    });

  usingCloud(program.command("drift"))
    .description("show how dbt Cloud differs from an env file, with the YAML lines to paste; end with 2 if it does")
    .addHelpText("after", examples("drift --config prod", "drift --config prod --json"))
    .action(async (flags: CommonOptions & { config: string }) => {
      const { drift } = await import("./commands/drift.js");
      await online(flags, (dependencies) => drift({ config: flags.config }, dependencies));
    });
}
