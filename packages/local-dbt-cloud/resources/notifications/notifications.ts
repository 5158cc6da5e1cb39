import { z } from "zod";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";

/** The recipient of notifications about jobs, as it is stored. */
export interface Notification extends Stateful, Timestamps {
  readonly account_id: number;
  readonly user_id: number;
  /** 1: the user's address. 2 and 5: Slack. 4: an external address. */
  readonly type: number;
  readonly on_cancel: readonly number[];
  readonly on_failure: readonly number[];
  readonly on_warning: readonly number[];
  readonly on_success: readonly number[];
  readonly external_email: string | null;
  readonly slack_channel_id: string | null;
  readonly slack_channel_name: string | null;
}

/** Always a list, because null would be a difference in every Terraform plan. */
const jobIds = z
  .array(z.int())
  .nullish()
  .transform((ids) => ids ?? []);
const optional = z
  .string()
  .nullish()
  .transform((text) => text ?? null);

/** The body of a create. An update is merged with the stored notification first. */
export const notificationBody = z.object({
  user_id: z.int(),
  type: z.literal([1, 2, 3, 4, 5]).default(1),
  on_cancel: jobIds,
  on_failure: jobIds,
  on_warning: jobIds,
  on_success: jobIds,
  external_email: optional,
  slack_channel_id: optional,
  slack_channel_name: optional,
  state: z.literal([1, 2]).default(1),
});

export function notificationsOf(world: World): Collection<Notification> {
  return world.store.collection<Notification>("notification");
}
