import type { Document, Schema } from "./document";

/** The parts of an answer that are never null. Every other property can be. */
const ENVELOPE = ["data", "status", "extra"];

const LISTS_OF_SCHEMAS = ["allOf", "anyOf", "oneOf"];
const SINGLE_SCHEMAS = ["items", "additionalProperties", "not"];

/**
 * A document's schemas as JSON Schema. The documents of dbt Cloud never say that a value can be null, although most
 * can. So null is accepted for every declared property outside the envelope. A required key must be present.
 *
 * @param envelopes the schemas of whole answers
 */
export function jsonSchemas({ name, schemas }: Document, envelopes: ReadonlySet<string>): Schema {
  const converted = Object.entries(schemas).map(([key, schema]) => [key, convert(schema, envelopes.has(key))] as const);
  return { $id: name, components: { schemas: Object.fromEntries(converted) } };
}

function convert(schema: unknown, isEnvelope = false): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const converted = Object.entries(schema).map(([key, value]): readonly [string, unknown] => {
    if (key === "properties") return [key, convertProperties(value as Schema, isEnvelope)];
    if (LISTS_OF_SCHEMAS.includes(key)) return [unionOf(key), (value as unknown[]).map((part) => convert(part))];
    return [key, SINGLE_SCHEMAS.includes(key) ? convert(value) : value];
  });
  const { nullable, ...result } = Object.fromEntries(converted);
  return nullable === true ? orNull(result) : result;
}

/** Values do not identify an alternative, so any alternative is accepted. */
function unionOf(key: string): string {
  return key === "oneOf" ? "anyOf" : key;
}

function convertProperties(properties: Schema, isEnvelope: boolean): Schema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const converted = convert(schema);
      return [name, isEnvelope && ENVELOPE.includes(name) ? converted : orNull(converted)];
    }),
  );
}

function orNull(schema: unknown): Schema {
  return { anyOf: [schema, { type: "null" }] };
}
