import { z } from "zod";
import { key, url } from "./schema-fields";

const updatedAt = z.string().nullable().describe("When the job was last changed in dbt Cloud.");

/** The result of `drift`. */
export const driftResult = z.object({
  environment: z.string().describe("The name of the environment."),
  missing: z.array(key).describe("The declared jobs that are not in dbt Cloud."),
  drifted: z.array(
    z.object({
      key,
      id: z.int(),
      updated_at: updatedAt,
      url,
      differences: z.array(
        z.object({
          field: z.string().describe("The field of the env file, such as `execute_steps[0]`."),
          before: z.unknown().describe("The value of the env file; null when there is none."),
          after: z.unknown().describe("The value in dbt Cloud; null when there is none."),
        }),
      ),
      yaml: z.string().describe("The lines that declare what dbt Cloud has; empty when lines are only removed."),
      removed: z.array(z.string()).describe("The fields to remove from the env file to keep what dbt Cloud has."),
    }),
  ),
  undeclared: z
    .array(z.object({ id: z.int(), name: z.string(), updated_at: updatedAt, url }))
    .describe("The jobs of dbt Cloud that the env file does not declare."),
  undeclared_yaml: z.string().describe("The lines that declare these jobs; without jobs that this program deployed."),
  unseen: z.array(z.string()).describe("The secret values of jobs, which dbt Cloud does not show, as `KEY: NAME`."),
});
