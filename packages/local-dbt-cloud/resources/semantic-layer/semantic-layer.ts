import { z } from "zod";
import type { Collection } from "../../store/store";
import type { InProject, Timestamps, World } from "../../world";

/** The environment whose metrics a project's semantic layer serves, as it is stored and answered. */
export interface SemanticLayerConfiguration extends InProject, Timestamps {
  readonly account_id: number;
  readonly environment_id: number;
}

/** Credentials with which the semantic layer reads the warehouse, as they are stored. */
export interface SemanticLayerCredential extends InProject, Timestamps {
  readonly account_id: number;
  readonly name: string;
  readonly adapter_version: string;
  readonly schema_type: string;
  /** The values that are not secret. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A service token that may use credentials of the semantic layer, as it is stored and answered. */
export interface SemanticLayerMapping extends InProject, Timestamps {
  readonly account_id: number;
  readonly semantic_layer_credentials_id: number;
  readonly service_token_id: number;
}

const state = z.literal([1, 2]).default(1);

export const configurationBody = z.object({ environment_id: z.int(), state });

/** Neither stored nor answered. */
const SECRETS = ["password", "private_key", "private_key_passphrase", "token", "service_account_json"];

export const semanticLayerCredentialBody = z.object({
  name: z.string().min(1),
  project_id: z.int(),
  adapter_version: z.string().min(1),
  schema_type: z.string().default("semantic_layer_credentials"),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .transform((values) => Object.fromEntries(Object.entries(values).filter(([key]) => !SECRETS.includes(key)))),
  state,
});

export const mappingBody = z.object({
  project_id: z.int(),
  semantic_layer_credentials_id: z.int(),
  service_token_id: z.int(),
  state,
});

export function configurationsOf(world: World): Collection<SemanticLayerConfiguration> {
  return world.store.collection<SemanticLayerConfiguration>("semantic-layer-configuration");
}

export function semanticLayerCredentialsOf(world: World): Collection<SemanticLayerCredential> {
  return world.store.collection<SemanticLayerCredential>("semantic-layer-credential");
}

export function mappingsOf(world: World): Collection<SemanticLayerMapping> {
  return world.store.collection<SemanticLayerMapping>("semantic-layer-mapping");
}
