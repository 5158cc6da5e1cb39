import type { Command } from "commander";
import { examples } from "./help-text";
import type { CommonOptions, Runner } from "./program-options";

interface AlertFlags extends CommonOptions {
  readonly config: string;
  readonly state?: string;
  readonly dryRun?: boolean;
  readonly webhookEvent?: string;
  readonly webhookSignature?: string;
}

/**
 * The command that tells people what needs them.
 *
 * @param usingCloud adds the options of every command that uses dbt Cloud
 */
export function describeAlert(program: Command, { online }: Runner, usingCloud: (command: Command) => Command): void {
  usingCloud(program.command("alert"))
    .description("tell the receivers of `alerts` about failures, deadlines that are missed or at risk, and recoveries")
    .option("--dry-run", "print the alerts; send nothing")
    .option("--state <file>", "what the receivers know (default: a file in the user's cache)")
    .option("--webhook-event <file>", "the body of a webhook's request: look only if dbt Cloud signed it")
    .option("--webhook-signature <digits>", "the header Authorization of the webhook's request")
    .addHelpText("after", examples("alert --config prod --dry-run"))
    .action(async (flags: AlertFlags) => {
      const { alert } = await import("./commands/alert.js");
      const { config, state, dryRun = false, webhookEvent: file, webhookSignature: signature = "" } = flags;
      const webhook = file === undefined ? undefined : { file, signature };
      await online(flags, (dependencies) => alert({ config, state, dryRun, webhook }, dependencies));
    });
}
