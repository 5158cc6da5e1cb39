import type { Notification } from "./notifications";

/** A notification as it is answered. The field `user` is null: the answer names the user by id only. */
export function notificationAnswer(notification: Notification): Notification & Readonly<Record<string, unknown>> {
  return { ...notification, user: null };
}
