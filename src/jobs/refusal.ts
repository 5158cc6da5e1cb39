import type { z } from "zod";

/** The reason why a value is not valid, as texts for the user of the env file. */
export interface Refusal {
  /** The problem, as a sentence without a period. */
  readonly reason: string;
  /** The allowed values. */
  readonly allowed: string;
  /** The fix. */
  readonly fix: string;
}

/**
 * Turns a check into a zod check, so that schema errors have `allowed` and `fix` in addition to the reason.
 *
 * @param judge returns the refusal, or undefined for a valid value
 */
export function refusing<T>(judge: (value: T) => Refusal | undefined): z.core.CheckFn<T> {
  return (context) => {
    const refusal = judge(context.value);
    if (refusal) {
      context.issues.push({
        code: "custom",
        input: context.value,
        message: refusal.reason,
        params: refusal,
      });
    }
  };
}

/** Refuses a list with a repeated value. */
export function refuseRepeats(values: readonly string[]): Refusal | undefined {
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated === undefined) return undefined;
  return {
    reason: `"${repeated}" is in the list twice`,
    allowed: "each value once",
    fix: `remove one "${repeated}"`,
  };
}
