import { z } from "zod";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";

/** An SSH tunnel through which a connection reaches its warehouse, as it is stored and answered. */
export interface Encryption extends Stateful, Timestamps {
  readonly account_id: number;
  readonly connection_id: number;
  readonly username: string;
  readonly port: number;
  readonly hostname: string;
  readonly public_key: string;
}

/** The body of a create. An update is merged with the stored tunnel first. */
export const encryptionBody = z.object({
  connection_id: z.int(),
  username: z.string(),
  port: z.int().min(1).max(65_535),
  hostname: z.string().min(1),
  state: z.literal([1, 2]).default(1),
});

export function encryptionsOf(world: World): Collection<Encryption> {
  return world.store.collection<Encryption>("encryption");
}
