import type { Cloud, Data } from "../cloud";
import { contains, equal, ids, integer, must, one, refused, text } from "../expectations";
import { group, rule } from "../rule";

const EVENTS = { on_cancel: [], on_failure: [], on_warning: [], on_success: [] };

async function created(cloud: Cloud, more: object = {}): Promise<Data> {
  const notification = one(await cloud.post(`${cloud.v2}/notifications/`, { user_id: 1, type: 1, state: 1, ...more }));
  cloud.remember(`${cloud.v2}/notifications/${notification.id}/`);
  return notification;
}

export const notifications = group("notifications", [
  rule("filters", "notifications are filtered by user, type and address", async (cloud) => {
    const path = `${cloud.v2}/notifications/`;
    const external_email = `${Date.now()}@example.com`;
    const { id } = one(await cloud.post(path, { user_id: 100, type: 4, external_email }));
    cloud.remember(`${path}${id}/`);
    equal(ids(await cloud.get(`${path}?external_email=${external_email}&type=4&user_id=100`)), [id], "by all");
    equal(ids(await cloud.get(`${path}?external_email=${external_email}&type=1`)), [], "by another type");
    equal(ids(await cloud.get(`${path}?external_email=${external_email}&user_id=101`)), [], "by another user");
  }),
  rule(
    "keys",
    "a notification has what the provider reads, and null for addresses that it does not have",
    async (cloud) => {
      const { id } = await created(cloud);
      contains(one(await cloud.get(`${cloud.v2}/notifications/${id}/`)), {
        id: integer,
        account_id: cloud.accountId,
        user_id: 1,
        type: 1,
        state: 1,
        external_email: null,
        slack_channel_id: null,
        slack_channel_name: null,
        created_at: text,
        updated_at: text,
      });
    },
  ),
  rule("lists", "its four lists are lists, even after null or no value", async (cloud) => {
    contains(await created(cloud), EVENTS);
    contains(await created(cloud, { on_cancel: null, on_failure: null, on_warning: null, on_success: null }), EVENTS);
  }),
  rule("update", "an update changes what it names", async (cloud) => {
    const sent = { type: 4, external_email: "a@example.com", on_failure: [3] };
    const { id } = await created(cloud, sent);
    const changed = one(await cloud.post(`${cloud.v2}/notifications/${id}/`, { on_failure: null, on_cancel: [4] }));
    contains(changed, { ...sent, on_failure: [], on_cancel: [4] });
  }),
  rule("listed", "it is in the list of the account", async (cloud) => {
    const { id } = await created(cloud);
    must(ids(await cloud.get(`${cloud.v2}/notifications/`)).includes(id), "it is not listed");
  }),
  rule(
    "refused",
    "it is refused without a user, with an unknown type, and with texts instead of job ids",
    async (cloud) => {
      for (const body of [{}, { user_id: "1" }, { user_id: 1, type: 6 }, { user_id: 1, on_cancel: ["1"] }]) {
        refused(await cloud.post(`${cloud.v2}/notifications/`, body), 400);
      }
    },
  ),
]);
