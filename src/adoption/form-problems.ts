import type { z } from "zod";
import { inShort, pathText } from "../env-files/finding";
import type { Problem } from "../env-files/problem";
import { SECRET_NAME } from "../jobs/secret-name";

/**
 * The problems of a value that has another form than the source's format.
 *
 * @param path the place of the value in the file; empty for the whole file
 */
export function formProblems(file: string, path: string, { issues }: z.ZodError): Problem[] {
  return issues.map((issue) => {
    const below = pathText(issue.path);
    const place = [path, below].filter(Boolean).join(path === "" || below.startsWith("[") ? "" : ".");
    return {
      file,
      path: place,
      reason: issue.message.replace(/^Invalid input: /, "").replace(/, received undefined$/, ", and it is missing"),
      got: SECRET_NAME.test(place) ? undefined : inShort(issue.input),
      allowed: "the fields of the format as its documentation has them",
      fix: `correct ${place === "" ? "the file" : `\`${place}\``}, then import again`,
    };
  });
}
