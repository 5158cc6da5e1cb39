import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const eventSchema = z.object({
  accountId: z.int(),
  eventType: z.string(),
  data: z.object({ environmentId: z.string(), jobId: z.string(), runId: z.string() }),
});

/** An event that dbt Cloud sent to a webhook. */
export type WebhookEvent = z.output<typeof eventSchema>;

/**
 * Reads an event of a webhook, if dbt Cloud signed it: its header `Authorization` is the HMAC-SHA256 of the body with the webhook's
 * secret, in hexadecimal digits.
 *
 * @param body the bytes of the request's body, unchanged
 * @returns undefined when the signature is of another body or of another secret
 * @throws Error when the body is signed and is no event
 */
export function webhookEvent(body: Buffer, signature: string, secret: string): WebhookEvent | undefined {
  const expected = createHmac("sha256", secret).update(body).digest();
  const given = Buffer.from(/^[0-9a-f]{64}$/i.test(signature.trim()) ? signature.trim() : "", "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return eventSchema.parse(JSON.parse(body.toString("utf8")));
}
