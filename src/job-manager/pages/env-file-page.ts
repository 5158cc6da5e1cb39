import { environmentJsonSchema, type JsonSchema } from "../../env-files/json-schema";
import { tableRow } from "../output/markdown";

const INTRODUCTION = `<!-- Generated from environments/environment.schema.json by: npm run docs:generate -->

# The keys of an env file

This page lists every key of an env file with its type, its meaning and an example. [env-files.md](env-files.md)
explains schedules, defaults and managed environments. A key is required only where its type says so.
`;

/** The sections of the page: the path of a mapping, and its title. */
interface Section {
  readonly title: string;
  readonly schema: JsonSchema;
}

/** The page of the documentation with the keys of env files, as Markdown. */
export function envFilePage(): string {
  const sections = sectionsOf("The file", environmentJsonSchema());
  const parts = sections.map(({ title, schema }) => `## ${title}\n\n${tableOf(schema)}\n`);
  return `${INTRODUCTION}\n${parts.join("\n")}`;
}

/** A mapping and the mappings inside of it. Equal forms of one value are one section each. */
function sectionsOf(title: string, schema: JsonSchema): Section[] {
  const own = schema.properties ? [{ title, schema }] : [];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    mappingsIn(child as JsonSchema).flatMap((one) =>
      sectionsOf(title === "The file" ? `\`${name}\`` : `${title.slice(0, -1)}.${name}\``, one),
    ),
  );
  return [...own, ...inside];
}

/** The mappings that a value can be, or that it contains. */
function mappingsIn(schema: JsonSchema): JsonSchema[] {
  if (schema.properties) return [schema];
  const within = [...(schema.anyOf ?? []), schema.items, schema.additionalProperties];
  return within.filter(isSchema).flatMap(mappingsIn);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tableOf({ properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).map(([name, child]) => {
    const { description = "", examples } = child as JsonSchema & { examples?: unknown[] };
    const example = examples?.[0] === undefined ? "" : `\`${JSON.stringify(examples[0])}\``;
    const type = `${typeOf(child as JsonSchema)}${required.includes(name) ? ", required" : ""}`;
    return [`\`${name}\``, type, description, example];
  });
  return [["key", "type", "meaning", "example"], ["---", "---", "---", "---"], ...rows].map(tableRow).join("\n");
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.filter(isSchema).map(typeOf))].join(" or ");
  if (schema.type === "array") return `list of ${isSchema(schema.items) ? typeOf(schema.items) : "values"}`;
  if (schema.type === "object") return "mapping";
  const { minimum, maximum } = schema;
  const isBounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return isBounded ? `${String(schema.type)} ${minimum}–${maximum}` : String(schema.type ?? "any value");
}
