import type { Clock, Random } from "../../dbt-cloud/clock";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { printable } from "../../jobs/printable";
import type { ExitCode } from "../exit-codes";
import type { ErrorJson } from "../output/result-json";
import type { Progress } from "../output/progress";
import type { Screen } from "../output/table";

/** The surroundings of a command that needs no network, with the screen of standard output. The entry point passes them in. */
export interface OfflineDependencies extends Screen {
  readonly env: ProcessEnvironment;
  /** The time at which the command started. */
  readonly now: Date;
}

/** The surroundings of a command that uses dbt Cloud. */
export interface CommandDependencies extends OfflineDependencies {
  /** Shows messages while the command works. */
  readonly progress: Progress;
  /** Prints a line of the result on standard output before the command ends. With `--json` it prints nothing. */
  readonly write: (line: string) => void;
  /**
   * Asks the person a question that has the answers yes and no.
   *
   * @default - nobody can answer: the input or the output is no terminal
   */
  readonly ask?: (question: string) => Promise<boolean>;
  /** It is called for each request to dbt Cloud. */
  readonly log: (line: string, body?: unknown) => void;
  /** It is aborted when the person stops the program. */
  readonly stop: AbortSignal;
  /** The working directory. */
  readonly folder: string;
  /**
   * Whether dbt Cloud is the local one, which reads the working directory.
   *
   * @default false
   */
  readonly isLocal?: boolean;
  /** Time, for the client of dbt Cloud. */
  readonly clock: Clock;
  /** Chance, for pauses between attempts and for the causes of runs. */
  readonly random: Random;
}

/** The result of a command. The entry point prints it and ends the process. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** The text for people, without a final line break. */
  readonly text: string;
  /**
   * The same result for programs.
   *
   * @default - the command failed before it had a result
   */
  readonly json?: unknown;
  /**
   * The error for programs.
   *
   * @default - the command succeeded, or its text has the error
   */
  readonly error?: ErrorJson;
}

/**
 * A command failed. The message is for the person at the terminal: the first line has the problem and the fix, and the other lines
 * the details. Texts of others in it are shown in their printable form.
 */
export class CommandError extends Error {
  /**
   * @param lines one line, or several
   * @param shown a text that is ready to be printed before the lines, such as a table; default: none
   */
  constructor(
    readonly exitCode: ExitCode,
    lines: string | readonly string[],
    shown?: string,
  ) {
    const message = [lines].flat().map(printable).join("\n");
    super(shown === undefined ? message : `${shown}\n\n${message}`);
    this.name = "CommandError";
  }
}
