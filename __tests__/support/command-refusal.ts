import { CommandError } from "../../src/job-manager/commands/command";

/** The refusal of a command. Any other result fails the test. */
export async function refusalOf(promise: Promise<unknown>): Promise<CommandError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
