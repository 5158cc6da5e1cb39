import { InvalidArgumentError } from "commander";
import type { ProcessEnvironment } from "../env-files/process-environment";
import type { CommandDependencies, CommandResult, OfflineDependencies } from "./commands/command";

/** Options that several commands share. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly local?: boolean;
  readonly verbose?: boolean;
  /** The env file of a command that uses dbt Cloud. */
  readonly config?: string;
}

/** Runs a command and prints its result. */
export interface Runner {
  /** For commands that only read files. */
  readonly offline: (
    options: CommonOptions,
    command: (dependencies: OfflineDependencies) => CommandResult | Promise<CommandResult>,
  ) => Promise<void>;
  /** For commands that use dbt Cloud. */
  readonly online: (
    options: CommonOptions,
    command: (dependencies: CommandDependencies) => Promise<CommandResult>,
  ) => Promise<void>;
  /** For a command that answers other programs until its input ends. It has no result. */
  readonly server: (
    options: CommonOptions,
    serve: (environment: () => Promise<ProcessEnvironment>) => Promise<void>,
  ) => Promise<void>;
}

/** Reads an option that is a whole number from 1 to `largest`. */
export function wholeNumberUpTo(largest: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^[1-9]\d*$/.test(text) && number <= largest) return number;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${largest}.`);
  };
}

/** Adds keys to the earlier ones: `--only a b`, `--only a,b` and `--only a --only b` mean the same. */
export function keysOf(text: string, earlier: readonly string[] = []): string[] {
  const keys = text.split(",").map((key) => key.trim());
  return [...earlier, ...keys.filter(Boolean)];
}
