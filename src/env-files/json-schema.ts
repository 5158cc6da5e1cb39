import { z } from "zod";
import { jobKeySchema, jobSchema } from "../jobs/definition";
import { environmentSchema } from "./definition";
import type { KeyPath } from "./yaml-source";

/** The part of JSON Schema, draft 7, that describes env files. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * The JSON Schema of an env file as it is written: what has a default, or may come from `defaults`, is optional.
 * Rules that look at more than one value are not in it.
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

/** The schemas that a path of keys leads to; several where the value may take several forms. */
export function schemasAt(path: KeyPath): JsonSchema[] {
  const root = (parsed ??= environmentJsonSchema());
  return path
    .reduce<JsonSchema[]>(
      (schemas, step) => schemas.flatMap((schema) => forms(schema).flatMap((form) => child(form, step))),
      [root],
    )
    .flatMap(forms);
}

/** The keys that a mapping at this path may have; empty where any key is good or none. */
export function keysAt(path: KeyPath): string[] {
  return [...new Set(schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

/** A form inherits what its parent says about all forms. */
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
