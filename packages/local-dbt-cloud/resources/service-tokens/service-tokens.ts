import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";
import type { Permission } from "../permissions/permissions";

/** A token of a program as it is stored. Only a hash of the token itself is stored. */
export interface ServiceToken extends Stateful, Timestamps {
  readonly account_id: number;
  readonly uid: string;
  readonly name: string;
  readonly hash: string;
  readonly permissions: readonly Permission[];
}

export const serviceTokenBody = z.object({
  name: z.string().min(1),
  state: z.literal([1, 2]).default(1),
});

export function serviceTokensOf(world: World): Collection<ServiceToken> {
  return world.store.collection<ServiceToken>("service-token");
}

/** A new token. */
export function newToken(): string {
  return `dbtc_${randomBytes(24).toString("base64url")}`;
}

export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The permissions of a service token; undefined when no active one is like it. */
export function permissionsOfToken(world: World, token: string): readonly Permission[] | undefined {
  const hash = hashOf(token);
  return serviceTokensOf(world).find((row) => row.state === 1 && row.hash === hash)?.permissions;
}
