import { z } from "zod";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";

/** How people sign in to a warehouse or identity provider, as it is stored. The secret is not stored. */
export interface OauthConfiguration extends Stateful, Timestamps {
  readonly account_id: number;
  readonly type: string;
  readonly name: string;
  readonly client_id: string;
  readonly authorize_url: string;
  readonly token_url: string;
  readonly redirect_uri: string;
  readonly extra_data: Readonly<Record<string, unknown>> | null;
}

/** The body of a create. An update is merged with the stored configuration first. */
export const oauthConfigurationBody = z.object({
  type: z.string().min(1),
  name: z.string().min(1),
  client_id: z.string().default(""),
  authorize_url: z.string().default(""),
  token_url: z.string().default(""),
  redirect_uri: z.string().default(""),
  extra_data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? null),
  state: z.literal([1, 2]).default(1),
});

export function oauthConfigurationsOf(world: World): Collection<OauthConfiguration> {
  return world.store.collection<OauthConfiguration>("oauth-configuration");
}
