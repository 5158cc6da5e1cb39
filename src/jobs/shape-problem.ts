import type { z } from "zod";

/**
 * The first reason why data of another program does not have the expected shape, with its place: `runs.0.job: it is missing`.
 *
 * @param whole the words for a problem of the data as a whole: `the file`
 */
export function shapeProblem({ issues }: z.ZodError, whole: string): string {
  const { path, message } = issues[0]!;
  return `${path.map(String).join(".") || whole}: ${message.replace(/^.*received undefined$/, "it is missing")}`;
}
