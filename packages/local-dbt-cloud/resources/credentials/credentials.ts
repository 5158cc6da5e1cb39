import { z } from "zod";
import type { Collection } from "../../store/store";
import type { InProject, Timestamps, World } from "../../world";
import { inProject } from "../in-project";

/** A user of the warehouse as it is stored. The password is not stored, because no run needs it. */
export interface Credential extends InProject, Timestamps {
  readonly account_id: number;
  readonly type: string;
  readonly threads: number;
  readonly default_schema: string;
  readonly username: string;
  readonly target_name: string;
  /** Whether a password was ever given. */
  readonly has_password: boolean;
}

/** The body of a create. An update is merged with the stored credential first. */
export const credentialBody = z.object({
  type: z.string().min(1),
  threads: z.int().min(1).default(1),
  default_schema: z.string().default(""),
  username: z.string().default("default_user"),
  target_name: z
    .string()
    .nullish()
    .transform((name) => name ?? "default"),
  password: z.string().nullish(),
  state: z.literal([1, 2]).default(1),
});

export function credentialsOf(world: World): Collection<Credential> {
  return world.store.collection<Credential>("credential");
}

/** The credential that a path names, in the project that the path names. */
export function credentialIn(world: World, params: unknown): Credential {
  return inProject(world, credentialsOf(world), params, "credential");
}
