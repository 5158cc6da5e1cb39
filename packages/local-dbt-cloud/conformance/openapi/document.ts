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
 * @param places files, and folders whose `.yaml`, `.yml` and `.json` files are read. In a folder, hidden files and files
 * without an OpenAPI document do not count, so that a clone of a repository can be given as it is.
 * @throws when a file that is named is no OpenAPI document, or there is none
 */
export function readDocuments(places: readonly string[]): Document[] {
  const documents = places.flatMap((place) => {
    if (statSync(place).isDirectory()) return filesIn(place).flatMap((file) => readDocument(file) ?? []);
    const document = readDocument(place);
    if (!document) throw new Error(`${place} is no OpenAPI document: it has no \`paths\``);
    return [document];
  });
  if (documents.length > 0) return documents;
  throw new Error(`${places.join(", ")} has no .yaml or .json file with an OpenAPI document`);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** The document of a file; undefined when the file has no OpenAPI document. */
function readDocument(file: string): Document | undefined {
  const content = parse(readFileSync(file, "utf8")) as {
    paths?: Document["paths"];
    components?: { schemas?: Document["schemas"] };
  } | null;
  const paths = content?.paths;
  if (paths === undefined) return undefined;
  return { name: file, paths, schemas: content?.components?.schemas ?? {} };
}
