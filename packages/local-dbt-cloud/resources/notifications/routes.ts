import { parseRow } from "../../http/body";
import { among } from "../../http/filters";
import { routesOf } from "../resource";
import { notificationAnswer } from "./answer";
import { notificationBody, notificationsOf, type Notification } from "./notifications";

/** Notifications about the ends of jobs. */
export const notificationRoutes = routesOf<Notification>({
  path: "/api/v2/accounts/:account/notifications/",
  name: "notification",
  collection: notificationsOf,
  fields: (body, { before }) => parseRow(notificationBody, body, before),
  answer: notificationAnswer,
  listing: {
    filters: {
      pk: among((row) => row.id),
      type: among((row) => row.type),
      user_id: among((row) => row.user_id),
      external_email: among((row) => row.external_email),
      slack_channel_id: among((row) => row.slack_channel_id),
    },
  },
});
