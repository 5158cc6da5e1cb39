import { z } from "zod";

/** The fields that results of several commands have. */
export const key = z.string().describe("The job's key in the env file.");
export const url = z.string().describe("The address of the page in dbt Cloud.");
export const time = z.string().describe("A time in ISO 8601.");
export const failedNode = z.object({
  node: z.string().describe("The unique id of a test or model in dbt."),
  status: z.string(),
  message: z.string().describe("dbt's message, with all of its lines."),
  query: z.string().nullable().describe("The query of a data test; null for other nodes."),
});
