import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A schema of an OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;

/** The parts of an OpenAPI document that are compared with answers. */
export interface Document {
  /** The file's name, which identifies the document. */
  readonly name: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** One method of an address. */
interface Operation {
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

/**
 * Reads OpenAPI documents.
 *
 * @param places files, and folders whose `.yaml`, `.yml` and `.json` files are read
 * @throws when one of them is no OpenAPI document, or there is none
 */
export function readDocuments(places: readonly string[]): Document[] {
  const files = places.flatMap((place) =>
    statSync(place).isDirectory()
      ? readdirSync(place)
          .filter((name) => /\.(ya?ml|json)$/.test(name))
          .sort()
          .map((name) => join(place, name))
      : [place],
  );
  if (files.length === 0) throw new Error(`${places.join(", ")} has no .yaml or .json file with an OpenAPI document`);
  return files.map(readDocument);
}

function readDocument(file: string): Document {
  const content = parse(readFileSync(file, "utf8")) as {
    paths?: Document["paths"];
    components?: { schemas?: Document["schemas"] };
  } | null;
  const paths = content?.paths;
  if (paths === undefined) throw new Error(`${file} is no OpenAPI document: it has no \`paths\``);
  return { name: file, paths, schemas: content?.components?.schemas ?? {} };
}
