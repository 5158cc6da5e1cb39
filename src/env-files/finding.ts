import type { Refusal } from "../jobs/refusal";
import { CUT, withoutCredentials } from "./secrets";
import type { KeyPath } from "./yaml-source";

/** A problem by its path in an env file; the loader adds file, line and column. */
export interface Finding extends Refusal {
  readonly path: KeyPath;
  /** What to point at: the value, or the key in front of it. Default: the value. */
  readonly at?: "key" | "value";
  /** The path of the key that was probably meant, where the path's own key is unknown. */
  readonly meant?: KeyPath;
  /** The value found, to be shown in short; absent where there is none or it must stay hidden. */
  readonly got?: unknown;
}

const LONGEST = 80;

/** Mappings whose values may be private, wherever they turn up. */
const PRIVATE_KEY = /^(?:environment_variables|extended_attributes|DBT_.*)$/;

/**
 * A value in short, as it would stand in YAML's flow style, without what looks like a credential.
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

/** A path as a person writes it: `jobs.attribution.execute_steps[0]`. */
export function pathText(path: KeyPath): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? String(step) : `.${String(step)}`))
    .join("");
}
