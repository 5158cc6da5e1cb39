import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { invalid, Refused } from "./refused";

/**
 * Accepts JSON only, and a request without a body that names JSON as its type. Clients name JSON in every request, and a
 * page of another site can send plain text without a question of the browser.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeContentTypeParser("text/plain");
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null);
    else void parse(request, body as string, done);
  });
}

/**
 * A request's body, checked against a resource's schema.
 *
 * @throws Refused with 400, naming the first field that is not valid
 */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw invalid(issue.path.map(String).join(".") || "body", issue.message);
}

/**
 * A request's body for one row, checked against a resource's schema. The body of a change is merged with the stored row first.
 *
 * @param before the stored row; undefined for a create
 * @throws Refused with 400, naming the first field that is not valid
 */
export function parseRow<T extends z.ZodType>(schema: T, body: unknown, before: object | undefined): z.output<T> {
  return parseBody(schema, merged(before ?? {}, body));
}

/**
 * A stored object with the changes of a body.
 *
 * @throws Refused with 400 when the body is not a JSON object
 */
export function merged(stored: object, body: unknown): object {
  const changes = body ?? {};
  if (typeof changes !== "object" || Array.isArray(changes)) throw new Refused(400, "Body is not a JSON object");
  return { ...stored, ...changes };
}
