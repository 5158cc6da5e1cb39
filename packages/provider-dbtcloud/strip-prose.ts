/** A JSON object with known keys and unknown values. */
export type JsonObject = { [key: string]: unknown };

const PROSE_KEYS = new Set(["description", "description_kind", "deprecation_message"]);
const METADATA_KEYS = new Set(["block", "nested_type"]);
const NAMED_METADATA_KEYS = new Set(["attributes", "block_types"]);

/**
 * Returns a copy of a Terraform schema, block, nested type or attribute without
 * its prose.
 *
 * Attributes and blocks whose name is a prose key stay, and so do the field names
 * inside a `type`.
 */
export function stripProse(metadata: JsonObject): JsonObject {
  const facts: JsonObject = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (PROSE_KEYS.has(key)) continue;
    if (METADATA_KEYS.has(key)) facts[key] = stripProse(value as JsonObject);
    else if (NAMED_METADATA_KEYS.has(key)) facts[key] = stripProseOfEach(value as Record<string, JsonObject>);
    else facts[key] = value;
  }
  return facts;
}

/** Strips the prose of every value of a map and keeps all keys. */
export function stripProseOfEach(named: Record<string, JsonObject>): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(named).map(([name, metadata]) => [name, stripProse(metadata)]));
}
