import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import type { Answer } from "../cloud";
import type { Document, Schema } from "./document";
import { jsonSchemas } from "./json-schema";

/** The answers to one method at one address with one status, and their differences from the schema. */
export interface Operation {
  /** `GET /api/v2/accounts/{account_id}/jobs/ 200` */
  readonly name: string;
  /** The differences of an answer, one in each line. */
  differences(answer: Answer): readonly string[];
}

/** A date and a time with an offset, separated by a T or, as dbt Cloud writes it, by a space. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT?[ ]?\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Finds the operation of an answer; undefined when no document has one with a schema for it. */
export function operationsOf(documents: readonly Document[]): (answer: Answer) => Operation | undefined {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  for (const format of ["int64", "int32", "password", "uri"]) ajv.addFormat(format, true);
  ajv.addFormat("date-time", DATE_TIME);
  for (const document of documents) ajv.addSchema(jsonSchemas(document, envelopesOf(document)));
  const found = new Map<string, Operation>();
  const templates = documents.flatMap((document) =>
    Object.keys(document.paths).map((path) => templateOf(document, path)),
  );
  templates.sort((a, b) => a.parameters - b.parameters);

  return ({ method, path, status }) => {
    const address = path.split("?", 1)[0]!;
    for (const { document, template, expression } of templates) {
      if (!expression.test(address)) continue;
      const schema = schemaOf(document, template, method, status);
      if (schema === undefined) continue;
      const name = `${method} ${template} ${status}`;
      const operation = found.get(name) ?? {
        name,
        differences: differencesBy(ajv, { $ref: `${document.name}${schema}` }),
      };
      found.set(name, operation);
      return operation;
    }
    return undefined;
  };
}

function templateOf(
  document: Document,
  template: string,
): { document: Document; template: string; expression: RegExp; parameters: number } {
  const source = template
    .replace(/\/$/, "")
    .replaceAll("{remainder}", ".+")
    .replace(/\{\w+\}/g, "[^/]+");
  return { document, template, expression: new RegExp(`^${source}/?$`), parameters: template.split("{").length - 1 };
}

/** The place of an answer's schema in its document. A create can return 201 if the document has 200. */
function schemaOf({ paths }: Document, template: string, method: string, status: number): string | undefined {
  const responses = paths[template]?.[method.toLowerCase()]?.responses ?? {};
  const response = responses[String(status)] ?? (status === 201 ? responses["200"] : undefined);
  const schema = response?.content?.["application/json"]?.schema;
  return typeof schema?.["$ref"] === "string" ? schema["$ref"] : undefined;
}

function envelopesOf({ paths }: Document): Set<string> {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const responses = operations.flatMap((operation) => Object.values(operation.responses ?? {}));
  const references = responses.map(({ content }) => content?.["application/json"]?.schema?.["$ref"]);
  return new Set(references.map((reference) => String(reference).replace("#/components/schemas/", "")));
}

function differencesBy(ajv: Ajv, schema: Schema): Operation["differences"] {
  let validate: ValidateFunction | undefined;
  return ({ json }) => {
    validate ??= ajv.compile(schema);
    if (validate(json)) return [];
    return [...new Set((validate.errors ?? []).filter(isTelling).map(described))];
  };
}

/** The other alternative reports that a value is not null. */
function isTelling({ keyword, params }: ErrorObject): boolean {
  return keyword !== "anyOf" && (params as { type?: string }).type !== "null";
}

/** All items of a list count as one place. */
function described({ instancePath, message = "" }: ErrorObject): string {
  return `${instancePath.slice(1).replace(/\/\d+(?=\/|$)/g, "/*")} ${message}`.trim();
}
