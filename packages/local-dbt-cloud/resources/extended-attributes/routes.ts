import type { FastifyReply } from "fastify";
import { z } from "zod";
import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { invalid, Refused } from "../../http/refused";
import { timestamp, type Routes } from "../../world";
import { inProject } from "../in-project";
import { projectIn } from "../projects/routes";
import { removeRow } from "../removal";
import { compactMember } from "./compact-json";
import { extendedAttributesOf, type ExtendedAttributes } from "./extended-attributes";

const ATTRIBUTES = "/api/v3/accounts/:account/projects/:project/extended-attributes/";

/** As much JSON as dbt Cloud takes. */
const MOST_BYTES = 4096;

const attributesBody = z.object({
  state: z.literal([1, 2]).default(1),
  extended_attributes: z.record(z.string(), z.unknown()),
});

/** Extended attributes: the one thing whose bodies are read and answered as text. */
export const extendedAttributesRoutes: Routes = (app, world) => {
  const collection = extendedAttributesOf(world);

  void app.register((scope, _options, done) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, parsed) => {
      parsed(null, text);
    });
    const named = (params: unknown): ExtendedAttributes => inProject(world, collection, params, "extended_attributes");

    scope.get(`${ATTRIBUTES}:extended_attributes/`, (request, reply) => answer(reply, named(request.params)));

    scope.post(ATTRIBUTES, (request, reply) => {
      const project = projectIn(world, request.params);
      const now = timestamp(world.now());
      const row = collection.insert({
        ...fields(request.body),
        account_id: world.accountId,
        project_id: project.id,
        created_at: now,
        updated_at: now,
      });
      return answer(reply, row, 201);
    });

    scope.patch(`${ATTRIBUTES}:extended_attributes/`, (request, reply) => {
      const before = named(request.params);
      const row = { ...before, ...fields(request.body, before), updated_at: timestamp(world.now()) };
      return answer(reply, collection.put(row));
    });

    scope.delete(`${ATTRIBUTES}:extended_attributes/`, (request, reply) => {
      removeRow(world, collection, named(request.params));
      return reply.code(204).send();
    });
    done();
  });
};

function fields(body: unknown, before?: ExtendedAttributes): Pick<ExtendedAttributes, "state" | "text"> {
  const json = typeof body === "string" && body !== "" ? body : "{}";
  const unchanged = before ? { extended_attributes: {} } : {};
  const { state } = parseBody(attributesBody, { ...unchanged, ...parsed(json) });
  const sent = compactMember(json, "extended_attributes");
  const text = sent ?? before!.text;
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalid("extended_attributes", `is longer than ${MOST_BYTES} bytes`);
  return { state, text };
}

function parsed(json: string): object {
  try {
    const body: unknown = JSON.parse(json);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // No JSON is refused like JSON that is no object.
  }
  throw new Refused(400, "Body is not a JSON object");
}

/** Puts the attributes into the answer as they stand in the text. */
function answer(reply: FastifyReply, { text, ...row }: ExtendedAttributes, code = 200): FastifyReply {
  const envelope = JSON.stringify(single({ ...row, extended_attributes: null }, code));
  return reply
    .code(code)
    .type("application/json; charset=utf-8")
    .serializer((body: unknown) => body as string)
    .send(envelope.replace('"extended_attributes":null', () => `"extended_attributes":${text}`));
}
