import { z } from "zod";

/** The fields that results of several commands have. */
export const key = z.string().describe("The job's key in the env file.");
export const url = z.string().describe("The address of the page in dbt Cloud.");
export const time = z.string().describe("A time in ISO 8601.");
