import type { Notification } from "./notifications";

/** A notification as it is answered. The account has no users, so `user` is null. */
export function notificationAnswer(notification: Notification): Notification & Readonly<Record<string, unknown>> {
  return { ...notification, user: null };
}
