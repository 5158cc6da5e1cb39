import type { FastifyReply } from "fastify";
import { single } from "../../http/envelope";
import type { ExtendedAttributes } from "./extended-attributes";

/** Sends attributes. The answer contains them exactly as they were written. */
export function sendAttributes(reply: FastifyReply, { text, ...row }: ExtendedAttributes, code = 200): FastifyReply {
  const envelope = JSON.stringify(single({ ...row, extended_attributes: null }, code));
  return reply
    .code(code)
    .type("application/json; charset=utf-8")
    .serializer((body: unknown) => body as string)
    .send(envelope.replace('"extended_attributes":null', () => `"extended_attributes":${text}`));
}
