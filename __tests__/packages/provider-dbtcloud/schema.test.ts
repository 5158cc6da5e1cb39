import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DbtcloudProvider } from "@cdktf/provider-dbtcloud/lib/provider";
import { Testing } from "cdktf";
import { PROVIDER_SOURCE, readPinnedProvider, SCHEMA_FILE } from "../../../packages/provider-dbtcloud/schema-file";
import { stripProse, stripProseOfEach, type JsonObject } from "../../../packages/provider-dbtcloud/strip-prose";

const PACKAGE_DIR = join(__dirname, "../../../packages/provider-dbtcloud");

describe("stripProse", () => {
  it("removes prose at every level", () => {
    const attribute = {
      type: "string",
      optional: true,
      deprecated: true,
      description: "text",
      description_kind: "markdown",
      deprecation_message: "text",
    };
    const stripped = { type: "string", optional: true, deprecated: true };

    expect(
      stripProse({
        version: 1,
        description: "text",
        block: {
          description: "text",
          description_kind: "plain",
          attributes: {
            name: attribute,
            triggers: {
              description: "text",
              nested_type: {
                nesting_mode: "single",
                attributes: { schedule: attribute },
              },
            },
          },
          block_types: {
            condition: {
              nesting_mode: "list",
              block: { description: "text", attributes: { id: attribute } },
            },
          },
        },
      }),
    ).toEqual({
      version: 1,
      block: {
        attributes: {
          name: stripped,
          triggers: {
            nested_type: {
              nesting_mode: "single",
              attributes: { schedule: stripped },
            },
          },
        },
        block_types: {
          condition: {
            nesting_mode: "list",
            block: { attributes: { id: stripped } },
          },
        },
      },
    });
  });

  it("keeps attributes and blocks of the provider that have the name of a prose key", () => {
    const fact = { type: "string", required: true };
    const block = {
      attributes: {
        description: fact,
        description_kind: fact,
        environment: {
          nested_type: {
            nesting_mode: "single",
            attributes: { deprecation_message: fact },
          },
        },
        rows: { type: ["list", ["object", { description: "string" }]] },
      },
      block_types: {
        description: {
          nesting_mode: "set",
          block: { attributes: { description: fact } },
        },
      },
    };

    expect(stripProse({ block })).toEqual({ block });
    expect(stripProseOfEach({ description: { block } })).toEqual({
      description: { block },
    });
  });

  it("leaves its argument unchanged", () => {
    const attribute = Object.freeze({ type: "string", description: "text" });

    stripProse(Object.freeze({ attributes: Object.freeze({ attribute }) }));

    expect(attribute.description).toBe("text");
  });
});

describe("schema.json", () => {
  const { provider } = readPinnedProvider();

  it("starts with the command that regenerates it", () => {
    expect(readFileSync(SCHEMA_FILE, "utf8").split("\n")[1]).toContain("npm run provider:update -- <version>");
  });

  it("has the attributes named description", () => {
    const { dbtcloud_job: job, dbtcloud_project: project } = provider.resource_schemas;

    expect(job?.block.attributes).toHaveProperty("description.type", "string");
    expect(project?.block.attributes).toHaveProperty("description.type", "string");
  });

  it("has no prose", () => {
    const { resource_schemas: resources, data_source_schemas: dataSources } = provider as unknown as Record<
      string,
      Record<string, JsonObject>
    >;

    expect(stripProseOfEach(resources ?? {})).toEqual(resources);
    expect(stripProseOfEach(dataSources ?? {})).toEqual(dataSources);
  });
});

describe("the pinned version", () => {
  const { version, provider } = readPinnedProvider();

  it("is the same in schema.json and package.json", () => {
    const manifest = JSON.parse(readFileSync(join(PACKAGE_DIR, "package.json"), "utf8")) as { version: string };

    expect(manifest.version).toBe(version);
  });

  it("is what a synthesized stack requires", () => {
    const synthesized = JSON.parse(
      Testing.synthScope((scope) => {
        new DbtcloudProvider(scope, "dbtcloud");
      }),
    ) as { terraform: unknown };

    expect(synthesized.terraform).toEqual({
      required_providers: { dbtcloud: { source: PROVIDER_SOURCE, version } },
    });
  });

  it("has bindings of all its resources and data sources", () => {
    const folders = readdirSync(join(PACKAGE_DIR, "lib"), {
      withFileTypes: true,
    }).filter((entry) => entry.isDirectory());

    expect(folders).toHaveLength(
      1 + Object.keys(provider.resource_schemas).length + Object.keys(provider.data_source_schemas).length,
    );
  });
});
