import type { ProcessEnvironment } from "../../env-files/process-environment";
import type { ExitCode } from "../exit-codes";
import type { Progress } from "../output/progress";

/** What a command may know of the world that needs no network; the entry hands it in. */
export interface OfflineDependencies {
  readonly env: ProcessEnvironment;
  readonly now: Date;
  /** Whether standard output shows colours. */
  readonly colors: boolean;
}

/** What a command that asks dbt Cloud needs beside that. */
export interface CommandDependencies extends OfflineDependencies {
  /** Where a command says what it is doing. */
  readonly progress: Progress;
  /** Is told of each request to dbt Cloud. */
  readonly log: (line: string, body?: unknown) => void;
  /** Aborted when the person wants the program to stop. */
  readonly stop: AbortSignal;
  /** The working directory. */
  readonly folder: string;
}

/** What a command has to say; the entry prints it and ends the process. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** For people, without a final line break. */
  readonly text: string;
  /** The same for programs. */
  readonly json: unknown;
}

/** A command that cannot go on. The message is for the person at the terminal. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
    this.name = "CommandError";
  }
}
