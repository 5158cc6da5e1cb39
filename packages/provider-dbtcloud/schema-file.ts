import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Provider, ProviderSchema } from "@cdktf/commons";
import { stripProse, stripProseOfEach, type JsonObject } from "./strip-prose";

/** The provider's source, as in `required_providers`. */
export const PROVIDER_SOURCE = "dbt-labs/dbtcloud";

/** The file with the schema of the pinned provider version. */
export const SCHEMA_FILE = join(__dirname, "schema.json");

const QUALIFIED_SOURCE = `registry.terraform.io/${PROVIDER_SOURCE}`;
const COMMENT = "Generated, do not edit. Regenerate: npm run provider:update -- <version>";

/** The input of the generator of the bindings. */
export interface PinnedProvider {
  version: string;
  schema: ProviderSchema;
  provider: Provider;
}

/** Reads the pinned provider from `schema.json`. */
export function readPinnedProvider(): PinnedProvider {
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as ProviderSchema;
  const version = schema.provider_versions?.[QUALIFIED_SOURCE];
  const provider = schema.provider_schemas?.[QUALIFIED_SOURCE];
  if (!version || !provider) throw new Error(`${SCHEMA_FILE} does not describe ${QUALIFIED_SOURCE}`);
  return { version, schema, provider };
}

/**
 * Writes `schema.json` from the output of `terraform providers schema -json`.
 *
 * The file has only the parts that the generator reads, so it does not depend on
 * the version of Terraform that printed the schema.
 */
export function writePinnedProvider(version: string, terraformOutput: string): void {
  const printed = JSON.parse(terraformOutput) as {
    format_version: string;
    provider_schemas?: Record<string, PrintedProvider>;
  };
  const provider = printed.provider_schemas?.[QUALIFIED_SOURCE];
  if (!provider) throw new Error(`terraform printed no schema of ${QUALIFIED_SOURCE}`);
  const facts = {
    $comment: COMMENT,
    format_version: printed.format_version,
    provider_schemas: {
      [QUALIFIED_SOURCE]: {
        provider: stripProse(provider.provider),
        resource_schemas: stripProseOfEach(provider.resource_schemas),
        data_source_schemas: stripProseOfEach(provider.data_source_schemas),
      },
    },
    provider_versions: { [QUALIFIED_SOURCE]: version },
  };
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(facts, withSortedKeys, 1)}\n`);
}

interface PrintedProvider {
  provider: JsonObject;
  resource_schemas: Record<string, JsonObject>;
  data_source_schemas: Record<string, JsonObject>;
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
