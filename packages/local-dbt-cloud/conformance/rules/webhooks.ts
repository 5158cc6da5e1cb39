import { contains, equal, many, must, nullOrAbsent, one, refused, text } from "../expectations";
import { group, rule } from "../rule";

const SENT = {
  name: "Conformance",
  client_url: "https://example.com/hook",
  event_types: ["job.run.errored", "job.run.completed"],
  job_ids: [7],
  active: true,
};

export const webhooks = group("webhooks", [
  rule("create", "only the answer to its creation has the secret of a webhook", async (cloud) => {
    const created = one(await cloud.post(`${cloud.v3}/webhooks/subscriptions`, { id: "", ...SENT }));
    const path = `${cloud.v3}/webhooks/subscription/${created.id}`;
    cloud.remember(path);
    contains(created, { ...SENT, id: text, hmac_secret: text, http_status_code: "0" });
    contains(one(await cloud.get(path)), { ...SENT, id: created.id, hmac_secret: nullOrAbsent });
    const listed = many(await cloud.get(`${cloud.v3}/webhooks/subscriptions`));
    must(
      listed.some(({ id }) => id === created.id),
      "the list lacks the webhook",
    );
  }),
  rule("change", "a webhook is changed with PUT and deleted with an answer that has its id", async (cloud) => {
    const { id } = one(await cloud.post(`${cloud.v3}/webhooks/subscriptions`, SENT));
    const path = `${cloud.v3}/webhooks/subscription/${id}`;
    const changed = one(await cloud.send("PUT", path, { body: { ...SENT, id, active: false, job_ids: ["8"] } }));
    contains(changed, { active: false, job_ids: [8] });
    equal(one(await cloud.delete(path)).id, id, "the id");
    refused(await cloud.get(path), 404);
  }),
  rule("refused", "a webhook without an address or with an unknown event is refused with 400", async (cloud) => {
    for (const change of [{ client_url: "ftp://example.com" }, { event_types: ["job.run.slept"] }, { name: "" }]) {
      refused(await cloud.post(`${cloud.v3}/webhooks/subscriptions`, { ...SENT, ...change }), 400);
    }
  }),
]);
