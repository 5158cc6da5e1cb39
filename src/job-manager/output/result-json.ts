import { EXIT, type ExitCode } from "../exit-codes";

/** The version of the shape. It rises when a field is renamed or removed, not when one is added. */
const VERSION = 1;

/** An error for programs. */
export interface ErrorJson {
  /** Why the command failed. Programs compare it. */
  readonly code: "failed" | "usage" | "configuration" | "dbt_cloud";
  /** The text that people get. */
  readonly message: string;
  /** Each problem of the configuration; empty for other errors. */
  readonly problems: readonly unknown[];
}

/** The outcome of a command. */
export interface Outcome {
  readonly exitCode: ExitCode;
  readonly text: string;
  readonly json?: unknown;
  readonly error?: ErrorJson;
}

/**
 * A command's result in the shape that all commands share: `{ version, ok: true, result }`, or `{ version, ok: false, error }`. A
 * command that failed after a part of its work has both `error` and `result`.
 */
export function resultJson({ exitCode, text, json, error }: Outcome): object {
  if (exitCode === EXIT.ok || exitCode === EXIT.onRequest) return { version: VERSION, ok: true, result: json };
  const told = error ?? { code: "failed", message: text, problems: [] };
  return { version: VERSION, ok: false, error: told, ...(json === undefined ? {} : { result: json }) };
}
