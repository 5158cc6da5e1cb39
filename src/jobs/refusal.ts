import type { z } from "zod";

/** Why a value is not accepted, in words for the person who edits the env file. */
export interface Refusal {
  /** What is wrong, as a sentence without a full stop. */
  readonly reason: string;
  /** What would be accepted. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * Turns a check of ours into a zod check, so that schema errors have `allowed` and `fix` in addition to the reason.
 *
 * @param judge returns the refusal, or undefined for a good value
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

/** Refuses a list that repeats a value. */
export function refuseRepeats(values: readonly string[]): Refusal | undefined {
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated === undefined) return undefined;
  return {
    reason: `"${repeated}" is in the list twice`,
    allowed: "each value once",
    fix: `remove one "${repeated}"`,
  };
}
