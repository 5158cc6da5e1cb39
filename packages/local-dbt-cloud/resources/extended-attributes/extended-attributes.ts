import { z } from "zod";
import { parseBody } from "../../http/body";
import { invalid, Refused } from "../../http/refused";
import type { Collection } from "../../store/store";
import type { InProject, Timestamps, World } from "../../world";
import { inProject } from "../in-project";
import { compactMember } from "./compact-json";

/** Attributes of an environment's connection as they are stored. */
export interface ExtendedAttributes extends InProject, Timestamps {
  readonly account_id: number;
  /** The attributes as JSON, because the Terraform provider compares them byte by byte. */
  readonly text: string;
}

/** The limit of dbt Cloud. */
const MOST_BYTES = 4096;

const attributesBody = z.object({
  state: z.literal([1, 2]).default(1),
  extended_attributes: z.record(z.string(), z.unknown()),
});

export function extendedAttributesOf(world: World): Collection<ExtendedAttributes> {
  return world.store.collection<ExtendedAttributes>("extended-attributes");
}

/** The attributes that a path names, in the project that the path names. */
export function extendedAttributesIn(world: World, params: unknown): ExtendedAttributes {
  return inProject(world, extendedAttributesOf(world), params, "extended_attributes");
}

/**
 * The stored fields that a body gives.
 *
 * @param before the stored attributes that an update changes
 * @throws Refused with 400 for a body that is not accepted
 */
export function attributesFields(
  body: unknown,
  before?: ExtendedAttributes,
): Pick<ExtendedAttributes, "state" | "text"> {
  const json = typeof body === "string" && body !== "" ? body : "{}";
  const unchanged = before ? { extended_attributes: {} } : {};
  const { state } = parseBody(attributesBody, { ...unchanged, ...parsed(json) });
  const sent = compactMember(json, "extended_attributes");
  const text = sent ?? before!.text;
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalid("extended_attributes", `is longer than ${MOST_BYTES} bytes`);
  return { state, text };
}

function parsed(json: string): object {
  try {
    const body: unknown = JSON.parse(json);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // Text that is not JSON gets the same refusal as JSON that is not an object.
  }
  throw new Refused(400, "Body is not a JSON object");
}
