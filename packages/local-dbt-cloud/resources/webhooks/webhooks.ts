import { z } from "zod";
import { notFound } from "../../http/refused";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";

/** Ends and starts of runs that a webhook can hear about. An errored run is also a completed one. */
const EVENT_TYPES = ["job.run.started", "job.run.completed", "job.run.errored"] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** A subscription of an address to events of jobs, as it is stored. */
export interface Webhook extends Stateful, Timestamps {
  readonly account_id: number;
  /** The id that clients use. */
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly client_url: string;
  readonly event_types: readonly EventType[];
  /** The jobs whose runs are events; an empty list is all jobs. */
  readonly job_ids: readonly number[];
  readonly active: boolean;
  /** The key of the signature of each event. */
  readonly hmac_secret: string;
  /** The status of the last answer of the address; 0 before the first event. */
  readonly http_status_code: string;
}

/** The body of a create. An update is merged with the stored webhook first. */
export const webhookBody = z.object({
  name: z.string().min(1),
  description: z.string().default(""),
  client_url: z.url({ protocol: /^https?$/ }),
  event_types: z.array(z.enum(EVENT_TYPES)).default([...EVENT_TYPES]),
  job_ids: z.array(z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)])).default([]),
  active: z.boolean().default(true),
});

export function webhooksOf(world: World): Collection<Webhook> {
  return world.store.collection<Webhook>("webhook");
}

/** The webhook that a path names. */
export function webhookIn(world: World, params: unknown): Webhook {
  const { webhook: uid } = params as { webhook: string };
  const webhook = webhooksOf(world).find((row) => row.state === 1 && row.uid === uid);
  if (!webhook) throw notFound(`webhook ${uid}`);
  return webhook;
}
