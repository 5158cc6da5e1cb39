import type { z } from "zod";
import type { Refusal } from "../../src/jobs/refusal";

/** What a schema says against a value: the reason alone, or with what is allowed and the fix where it knows them. */
export function refusalsOf(schema: z.ZodType, value: unknown): (Refusal | string)[] {
  return schema.safeParse(value).error?.issues.flatMap(refusalsOfIssue) ?? [];
}

function refusalsOfIssue(issue: z.core.$ZodIssue): (Refusal | string)[] {
  if (issue.code === "custom" && issue.params?.["fix"] !== undefined) return [issue.params as unknown as Refusal];
  return [issue.message];
}
