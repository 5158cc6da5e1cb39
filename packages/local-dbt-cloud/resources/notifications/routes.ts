import { laidOver, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { idIn, type RawQuery } from "../../http/query";
import { notFound } from "../../http/refused";
import { active, timestamp, type Routes, type World } from "../../world";
import { removeRow } from "../removal";
import { notificationBody, notificationsOf, type Notification } from "./notifications";

const NOTIFICATIONS = "/api/v2/accounts/:account/notifications/";

/** Notifications about the ends of jobs. */
export const notificationRoutes: Routes = (app, world) => {
  const collection = notificationsOf(world);

  app.get(NOTIFICATIONS, (request) => {
    const query = request.query as RawQuery;
    return paged(collection.all().filter(stateFilter(query)).map(asAnswered), query);
  });

  app.get(`${NOTIFICATIONS}:notification/`, (request) => single(asAnswered(notificationIn(world, request.params))));

  app.post(NOTIFICATIONS, (request, reply) => {
    const body = parseBody(notificationBody, request.body);
    const now = timestamp(world.now());
    const notification = collection.insert({ ...body, account_id: world.accountId, created_at: now, updated_at: now });
    return reply.code(201).send(single(asAnswered(notification), 201));
  });

  app.post(`${NOTIFICATIONS}:notification/`, (request) => {
    const before = notificationIn(world, request.params);
    const body = parseBody(notificationBody, laidOver(before, request.body));
    return single(asAnswered(collection.put({ ...before, ...body, updated_at: timestamp(world.now()) })));
  });

  app.delete(`${NOTIFICATIONS}:notification/`, (request, reply) => {
    removeRow(world, collection, notificationIn(world, request.params));
    return reply.code(204).send();
  });
};

/** A notification as it is answered; the one account has no users to tell of. */
function asAnswered(notification: Notification): Notification & Readonly<Record<string, unknown>> {
  return { ...notification, user: null };
}

function notificationIn(world: World, params: unknown): Notification {
  const id = idIn(params, "notification");
  const notification = active(notificationsOf(world), id);
  if (!notification) throw notFound(`notification ${id}`);
  return notification;
}
