import { z } from "zod";
import { parseRow } from "../../http/body";
import { invalid } from "../../http/refused";
import type { Collection } from "../../store/store";
import { active, type InProject, type Timestamps, type World } from "../../world";
import { connectionsOf } from "../connections/connections";
import { credentialsOf } from "../credentials/credentials";
import type { Circumstances, OwnFields } from "../resource";

/** A connection with its credentials and attributes, under a name. An environment can use it, as it is stored. */
export interface Profile extends InProject, Timestamps {
  readonly account_id: number;
  readonly key: string;
  readonly connection_id: number;
  readonly credentials_id: number;
  readonly extended_attributes_id: number | null;
}

const profileBody = z.object({
  key: z
    .string()
    .regex(
      /^[A-Za-z](?:[-_]?[A-Za-z0-9])*$/,
      "starts with a letter, and has only letters, digits, and single hyphens and underscores between them",
    ),
  connection_id: z.int(),
  credentials_id: z.int(),
  extended_attributes_id: z
    .int()
    .nullish()
    .transform((id) => id ?? null),
  state: z.literal([1, 2]).default(1),
});

export function profilesOf(world: World): Collection<Profile> {
  return world.store.collection<Profile>("profile");
}

/**
 * The stored fields of a body. An update is merged with the stored profile first.
 *
 * @throws Refused with 400 for a key that the project has, or for an unknown connection or credential
 */
export function profileFields(body: unknown, { world, before, projectId }: Circumstances<Profile>): OwnFields<Profile> {
  const fields = parseRow(profileBody, body, before);
  const { key, connection_id, credentials_id } = fields;
  const other = profilesOf(world).find((row) => row.state === 1 && row.project_id === projectId && row.key === key);
  if (other && other.id !== before?.id) throw invalid("key", `${key} is the key of profile ${other.id}`);
  if (!connectionsOf(world).get(connection_id)) {
    throw invalid("connection_id", `connection ${connection_id} does not exist`);
  }
  if (active(credentialsOf(world), credentials_id)?.project_id !== projectId) {
    throw invalid("credentials_id", `credential ${credentials_id} does not exist in the project`);
  }
  return fields;
}
