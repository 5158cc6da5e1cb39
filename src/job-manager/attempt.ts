import { DbtCloudError } from "../dbt-cloud/errors";
import { ConfigurationError } from "../env-files/problem";
import { CommandError, type CommandResult } from "./commands/command";
import { EXIT } from "./exit-codes";

/** The result of a command, also when it ends with an expected error. Every other error is a fault of the program, and is thrown. */
export async function attempt(command: () => CommandResult | Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await command();
  } catch (error) {
    return resultOf(error);
  }
}

const CODES = { [EXIT.usage]: "usage", [EXIT.configuration]: "configuration" } as const;

/** The result of a command that ended with an expected error. Every other error is a fault of the program, and is thrown again. */
function resultOf(error: unknown): CommandResult {
  if (error instanceof ConfigurationError) {
    const { message, problems } = error;
    return { exitCode: EXIT.configuration, text: message, error: { code: "configuration", message, problems } };
  }
  if (error instanceof CommandError) {
    const { exitCode, message } = error;
    const code = exitCode === EXIT.usage || exitCode === EXIT.configuration ? CODES[exitCode] : "failed";
    return { exitCode, text: message, error: { code, message, problems: [] } };
  }
  if (error instanceof DbtCloudError) {
    const { message } = error;
    return { exitCode: EXIT.failed, text: message, error: { code: "dbt_cloud", message, problems: [] } };
  }
  throw error;
}
