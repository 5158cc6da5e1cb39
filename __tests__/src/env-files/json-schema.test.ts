import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { parse } from "yaml";
import { environmentSchema } from "../../../src/env-files/definition";
import { environmentJsonSchema, keysAt, schemasAt, type JsonSchema } from "../../../src/env-files/json-schema";
import { jobSchema } from "../../../src/jobs/definition";
import { arbitraryEnvironments } from "../../support/arbitrary-environment";
import { fileData, jobData, type Overrides } from "../../support/env-file";

const FOLDER = join(__dirname, "../../../environments");
const onDisk = readFileSync(join(FOLDER, "environment.schema.json"), "utf8");
const envFiles = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

describe("the JSON Schema on disk", () => {
  it("is up to date, and states the command that regenerates it", () => {
    expect(onDisk).toBe(`${JSON.stringify(environmentJsonSchema(), null, 2)}\n`);
    expect(onDisk.split("\n")[1]).toContain("npm run schema:update");
  });

  it.each(envFiles)("is named in line 1 of %s, for editors", (name) => {
    const [first] = readFileSync(join(FOLDER, name), "utf8").split("\n");
    expect(first).toBe("# yaml-language-server: $schema=./environment.schema.json");
  });

  it("explains every key", () => {
    const unexplained = [...propertiesOf(JSON.parse(onDisk) as JsonSchema, "")]
      .filter(([, { description }]) => !description)
      .map(([path]) => path);
    expect(unexplained).toEqual([]);
  });

  it("closes all mappings except those with free keys", () => {
    const open = [...mappingsOf(JSON.parse(onDisk) as JsonSchema, "")]
      .filter(([, schema]) => schema.additionalProperties !== false)
      .map(([path]) => path);
    expect([...new Set(open)]).toEqual([
      ".environment.managed.extended_attributes",
      ".environment_variables",
      ".jobs",
      ".jobs.*.environment_variables",
      ".jobs.*.adopt_override_ids",
    ]);
  });

  it("has only valid examples", () => {
    const root = JSON.parse(onDisk) as JsonSchema;
    const bad = [...propertiesOf(root, "")].flatMap(([path, schema]) => {
      const { examples = [], ...property } = schema;
      const checked = ajv().compile({ ...property, definitions: root.definitions });
      return examples.filter((example) => !checked(example)).map(() => path);
    });
    expect(bad).toEqual([]);
  });
});

function* propertiesOf(schema: JsonSchema, path: string): Iterable<[string, JsonSchema]> {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${key}`, property as JsonSchema];
  }
  for (const [step, part] of partsOf(schema)) yield* propertiesOf(part, path + step);
}

function* mappingsOf(schema: JsonSchema, path: string): Iterable<[string, JsonSchema]> {
  if (schema.type === "object") yield [path, schema];
  for (const [step, part] of partsOf(schema)) yield* mappingsOf(part, path + step);
}

function partsOf(schema: JsonSchema): [string, JsonSchema][] {
  const parts: [string, unknown][] = [
    ...Object.entries(schema.properties ?? {}).map(([key, part]): [string, unknown] => [`.${key}`, part]),
    ...(schema.anyOf ?? []).map((part): [string, unknown] => ["", part]),
    ["[]", schema.items],
    [".*", schema.additionalProperties],
  ];
  return parts.filter((part): part is [string, JsonSchema] => typeof part[1] === "object" && part[1] !== null);
}

/** A validator that knows JSON Schema and nothing of ours. Formats are hints to editors. */
function ajv(): Ajv {
  return new Ajv({ strict: true, allErrors: true, formats: { email: true } });
}

/** An editor's view of a file: the JSON Schema alone, without the rules that only we know. */
const editor = ajv().compile(JSON.parse(onDisk) as object);
const accepts = (data: unknown): boolean => editor(data);

describe("an editor that knows the JSON Schema", () => {
  it.each(envFiles)("accepts %s", (name) => {
    editor(parse(readFileSync(join(FOLDER, name), "utf8")));
    expect(editor.errors ?? []).toEqual([]);
  });

  it("accepts a job that leaves its owner to `defaults`", () => {
    expect(accepts(fileData({ defaults: { owner: "a" }, jobs: { a: jobData({ owner: undefined }) } }))).toBe(true);
  });

  it.each<[string, Overrides]>([
    ["an unknown key", { tem: "x" }],
    ["an unknown key of a job", { jobs: { a: jobData({ schedul: {} }) } }],
    ["an unknown trigger", { jobs: { a: jobData({ triggers: { schedul: true } }) } }],
    ["two forms of a schedule", { jobs: { a: jobData({ schedule: { at: ["05:00"], cron: "0 5 * * *" } }) } }],
    ["two deferrals", { jobs: { a: jobData({ defer_to: { job: "a", environment: "b" } }) } }],
    ["hour 25", { jobs: { a: jobData({ schedule: { at: ["25:00"] } }) } }],
    ["threads: -4", { jobs: { a: jobData({ threads: -4 }) } }],
    ["a missing key", { team: undefined }],
    ["a job without steps", { jobs: { a: jobData({ execute_steps: [] }) } }],
    ["a bad job key", { jobs: { Bad_Key: jobData() } }],
    ["a bad variable name", { environment_variables: { window: "1" } }],
    ["a number for text", { environment_variables: { DBT_X: 30 } }],
  ])("refuses %s", (_, overrides) => {
    expect(accepts(JSON.parse(JSON.stringify(fileData(overrides))))).toBe(false);
  });

  it("accepts every valid file", () => {
    fc.assert(
      fc.property(arbitraryEnvironments, (environments) => {
        expect(environments.filter((environment) => !accepts(environment))).toEqual([]);
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});

describe("the allowed keys of a mapping", () => {
  it("are those of the file and of a job", () => {
    expect(keysAt([])).toEqual(Object.keys(environmentSchema.shape));
    expect(keysAt(["jobs", "any-key"])).toEqual(Object.keys(jobSchema.shape));
    expect(keysAt(["jobs", "constructor"])).toEqual(Object.keys(jobSchema.shape));
  });

  it("are those of all its forms", () => {
    expect(keysAt(["project"])).toEqual(["id", "managed"]);
    expect(keysAt(["jobs", "a", "schedule"])).toEqual(["at", "days", "every_hours", "cron"]);
    expect(keysAt(["notifications", 3, "slack_channel"])).toEqual(["id", "name"]);
  });

  it("are empty if all or no keys are allowed", () => {
    expect(keysAt(["jobs"])).toEqual([]);
    expect(keysAt(["name"])).toEqual([]);
    expect(keysAt(["nowhere", "at", "all"])).toEqual([]);
    expect(keysAt(["constructor"])).toEqual([]);
  });
});

describe("the schemas at a path", () => {
  it("know the type and the bounds", () => {
    expect(schemasAt(["jobs", "a", "threads"])).toMatchObject([{ type: "integer", minimum: 1, maximum: 64 }]);
  });

  it("are one for each form, with the properties of all forms", () => {
    const forms = schemasAt(["jobs", "a", "schedule"]);
    expect(forms.map(({ properties }) => Object.keys(properties ?? {}))).toEqual([
      ["at", "days"],
      ["every_hours", "days"],
      ["cron"],
    ]);
    expect(new Set(forms.map(({ description }) => description))).toEqual(
      new Set(["When the job starts by itself, in UTC. Default: it does not; the job runs on demand."]),
    );
  });
});
