import { z } from "zod";
import { jobKeySchema, jobSchema } from "../jobs/definition";
import { environmentSchema } from "./definition";
import type { KeyPath } from "./yaml-source";

/** The part of JSON Schema, draft 7, that describes env files. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * The JSON Schema of an env file as a user writes it. A value that has a default or can come from `defaults` is
 * optional. The schema has no rules about more than one value.
 */
export function environmentJsonSchema(): JsonSchema {
  const file = environmentSchema.extend({
    jobs: z.record(jobKeySchema, jobSchema.partial({ owner: true })).meta(environmentSchema.shape.jobs.meta() ?? {}),
  });
  return {
    $comment: "Generated from src/env-files/definition.ts and src/jobs/definition.ts by: npm run schema:update",
    title: "Environment",
    ...z.toJSONSchema(file, { io: "input", target: "draft-7" }),
  };
}

let parsed: JsonSchema | undefined;

/** The schemas at a path of keys. There are several if the value can have several forms. */
export function schemasAt(path: KeyPath): JsonSchema[] {
  const root = (parsed ??= environmentJsonSchema());
  return path
    .reduce<JsonSchema[]>(
      (schemas, step) => schemas.flatMap((schema) => forms(schema).flatMap((form) => child(form, step))),
      [root],
    )
    .flatMap(forms);
}

/** The allowed keys of a mapping at this path; empty if all keys or no keys are allowed. */
export function keysAt(path: KeyPath): string[] {
  return [...new Set(schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

/** A form inherits the properties that its parent sets for all forms. */
function forms({ anyOf, ...schema }: JsonSchema): JsonSchema[] {
  return anyOf ? anyOf.flatMap((form) => forms({ ...schema, ...form })) : [schema];
}

function child(schema: JsonSchema, step: PropertyKey): JsonSchema[] {
  const property = schema.properties?.[String(step)] as JsonSchema | undefined;
  if (property) return [property];
  if (typeof step === "number") return isSchema(schema.items) ? [schema.items] : [];
  return isSchema(schema.additionalProperties) ? [schema.additionalProperties] : [];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
