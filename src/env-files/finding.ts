import type { Refusal } from "../jobs/refusal";
import { CUT, withoutCredentials } from "./secrets";
import type { KeyPath } from "./yaml-source";

/** A problem by its path in an env file; the loader adds file, line and column. */
export interface Finding extends Refusal {
  readonly path: KeyPath;
  /** The position of the finding: the value or its key. Default: the value. */
  readonly at?: "key" | "value";
  /** The path of the key that the user probably meant, if the path's own key is unknown. */
  readonly meant?: KeyPath;
  /** The value found, for a short output; absent if there is no value or if it is secret. */
  readonly got?: unknown;
}

const LONGEST = 80;

/** Mappings whose values may be private, at any place. */
const PRIVATE_KEY = /^(?:environment_variables|extended_attributes|DBT_.*)$/;

/**
 * A short form of a value in YAML's flow style, without anything that looks like a credential.
 *
 * @returns at most 80 characters; undefined for a value that is not shown
 */
export function inShort(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = withoutCredentials(typeof value === "number" ? String(value) : JSON.stringify(value, hidePrivate));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - CUT.length)}${CUT}`;
}

function hidePrivate(key: string, value: unknown): unknown {
  return PRIVATE_KEY.test(key) ? "***" : value;
}

/** A path as text: `jobs.attribution.execute_steps[0]`. */
export function pathText(path: KeyPath): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? String(step) : `.${String(step)}`))
    .join("");
}
