import { merged, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import type { RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { removeRow } from "../removal";
import { notificationAnswer } from "./answer";
import { notificationBody, notificationIn, notificationsOf } from "./notifications";

const NOTIFICATIONS = "/api/v2/accounts/:account/notifications/";

/** Notifications about the ends of jobs. */
export const notificationRoutes: Routes = (app, world) => {
  const collection = notificationsOf(world);

  app.get(NOTIFICATIONS, (request) => {
    const query = request.query as RawQuery;
    return paged(collection.all().filter(stateFilter(query)).map(notificationAnswer), query);
  });

  app.get(`${NOTIFICATIONS}:notification/`, (request) =>
    single(notificationAnswer(notificationIn(world, request.params))),
  );

  app.post(NOTIFICATIONS, (request, reply) => {
    const body = parseBody(notificationBody, request.body);
    const now = timestamp(world.now());
    const notification = collection.insert({ ...body, account_id: world.accountId, created_at: now, updated_at: now });
    return reply.code(201).send(single(notificationAnswer(notification), 201));
  });

  app.post(`${NOTIFICATIONS}:notification/`, (request) => {
    const before = notificationIn(world, request.params);
    const body = parseBody(notificationBody, merged(before, request.body));
    return single(notificationAnswer(collection.put({ ...before, ...body, updated_at: timestamp(world.now()) })));
  });

  app.delete(`${NOTIFICATIONS}:notification/`, (request, reply) => {
    removeRow(world, collection, notificationIn(world, request.params));
    return reply.code(204).send();
  });
};
