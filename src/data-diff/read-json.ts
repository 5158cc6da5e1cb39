import { readFileSync } from "node:fs";
import type { z } from "zod";
import { shapeProblem } from "../jobs/shape-problem";
import { DataDiffError } from "./data-diff-error";

/**
 * Reads a JSON file that another program wrote.
 *
 * @throws DataDiffError when the file cannot be read, or does not have the shape
 */
export function readJson<T>(file: string, shape: z.ZodType<T>): T {
  let problem: string;
  try {
    const read = shape.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (read.success) return read.data;
    problem = shapeProblem(read.error, "the document");
  } catch (error) {
    problem = (error as Error).message;
  }
  throw new DataDiffError(`delete the file and try again: ${file} is not what dbt writes\n${problem}`);
}
