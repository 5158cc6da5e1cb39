import type { ProcessEnvironment } from "../../environments/process-environment";
import type { ExitCode } from "../exit-codes";

/** What a command may know of the world; the entry hands it in. */
export interface CommandDependencies {
  readonly env: ProcessEnvironment;
  readonly now: Date;
  /** Whether standard output shows colours. */
  readonly colors: boolean;
}

/** What a command has to say; the entry prints it and ends the process. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** For people, without a final line break. */
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
}
