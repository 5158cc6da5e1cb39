import type { z } from "zod";
import type { Refusal } from "../../src/jobs/refusal";

/** A schema's objection to a value: the reason, and the allowed values and the fix where the schema knows them. */
export function refusalsOf(schema: z.ZodType, value: unknown): (Refusal | string)[] {
  return schema.safeParse(value).error?.issues.flatMap(refusalsOfIssue) ?? [];
}

function refusalsOfIssue(issue: z.core.$ZodIssue): (Refusal | string)[] {
  if (issue.code === "custom" && issue.params?.["fix"] !== undefined) return [issue.params as unknown as Refusal];
  return [issue.message];
}
