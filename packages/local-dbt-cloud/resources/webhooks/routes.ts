import { randomBytes } from "node:crypto";
import { parseBody, parseRow } from "../../http/body";
import { single } from "../../http/envelope";
import { listedAs } from "../../http/filters";
import type { RawQuery } from "../../http/query";
import { removeRow, timestamp, type Routes } from "../../world";
import { testWebhook } from "./delivery";
import { webhookBody, webhookIn, webhooksOf, type Webhook } from "./webhooks";

const WEBHOOKS = "/api/v3/accounts/:account/webhooks/";

/** Webhooks. Their ids are texts, and their addresses differ from those of other resources. */
export const webhookRoutes: Routes = (app, world) => {
  const collection = webhooksOf(world);

  app.get(`${WEBHOOKS}subscriptions`, ({ query }) => listedAs(collection.all(), query as RawQuery, webhookAnswer));
  app.get(`${WEBHOOKS}subscription/:webhook`, (request) => single(webhookAnswer(webhookIn(world, request.params))));

  app.post(`${WEBHOOKS}subscriptions`, (request, reply) => {
    const now = timestamp(world.clock.now());
    const hmac_secret = randomBytes(24).toString("hex");
    const webhook = collection.insert({
      ...parseBody(webhookBody, request.body),
      account_id: world.accountId,
      uid: `wsu_${randomBytes(12).toString("hex")}`,
      hmac_secret,
      http_status_code: "0",
      state: 1,
      created_at: now,
      updated_at: now,
    });
    // Only this answer has the secret.
    return reply.code(201).send(single({ ...webhookAnswer(webhook), hmac_secret }, 201));
  });

  app.put(`${WEBHOOKS}subscription/:webhook`, (request) => {
    const before = webhookIn(world, request.params);
    const body = parseRow(webhookBody, request.body, before);
    return single(webhookAnswer(collection.put({ ...before, ...body, updated_at: timestamp(world.clock.now()) })));
  });

  // As in dbt Cloud, it is a GET although it sends an event.
  app.get(`${WEBHOOKS}subscription/:webhook/test`, async (request) => {
    const { eventId, status, error } = await testWebhook(world, webhookIn(world, request.params));
    const verification_status = status === null ? null : String(status);
    return single({ event_id: eventId, verification_status, verification_error: error });
  });

  app.delete(`${WEBHOOKS}subscription/:webhook`, (request) => {
    const webhook = webhookIn(world, request.params);
    removeRow(world, collection, webhook);
    return single({ id: webhook.uid });
  });
};

function webhookAnswer({ id: _row, uid, hmac_secret: _secret, account_id, ...webhook }: Webhook): object {
  return { ...webhook, id: uid, account_identifier: `act_${account_id}` };
}
