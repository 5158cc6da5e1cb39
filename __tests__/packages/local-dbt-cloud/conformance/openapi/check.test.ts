import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Answer, Method } from "../../../../../packages/local-dbt-cloud/conformance/cloud";
import { checkAnswers, type Checked } from "../../../../../packages/local-dbt-cloud/conformance/openapi/check";
import { readDocuments } from "../../../../../packages/local-dbt-cloud/conformance/openapi/document";

const answered = (schema: string): object => ({
  content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
});

const DOCUMENT = {
  paths: {
    "/api/v2/accounts/{account_id}/things/": {
      get: { responses: { 200: answered("ThingList") } },
      post: { responses: { 200: answered("OneThing") } },
    },
    "/api/v2/accounts/{account_id}/things/{id}/": {
      get: { responses: { 200: answered("OneThing") } },
      delete: { responses: { 204: { description: "" } } },
    },
    "/api/v2/accounts/{account_id}/things/newest/": { get: { responses: { 200: answered("ThingList") } } },
  },
  components: {
    schemas: {
      Thing: {
        type: "object",
        required: ["id", "made_at"],
        properties: {
          id: { type: "integer", format: "int64" },
          made_at: { type: "string", format: "date-time" },
          kind: { $ref: "#/components/schemas/Kind" },
          parts: { type: "array", items: { $ref: "#/components/schemas/Thing" } },
        },
      },
      Kind: { type: "string", enum: ["a", "b"] },
      OneThing: { type: "object", required: ["data"], properties: { data: { $ref: "#/components/schemas/Thing" } } },
      ThingList: {
        type: "object",
        required: ["data"],
        properties: { data: { type: "array", items: { $ref: "#/components/schemas/Thing" } } },
      },
    },
  },
};

const THINGS = "/api/v2/accounts/1/things/";
const MADE = "2026-01-05 04:30:00.000000+00:00";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openapi-"));
  writeFileSync(join(folder, "things.yaml"), stringify(DOCUMENT));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function check(method: Method, path: string, json: unknown, status = 200): Checked {
  const answer: Answer = { method, path, status, json, headers: {}, text: JSON.stringify(json) };
  return checkAnswers([answer], readDocuments([folder]));
}

/** The differences, by the name of the operation. */
function differences(...args: Parameters<typeof check>): Record<string, string[]> {
  return Object.fromEntries(check(...args).operations.map(({ name, differences: found }) => [name, [...found]]));
}

describe("an answer is compared with the schema of its operation", () => {
  const GET_LIST = "GET /api/v2/accounts/{account_id}/things/ 200";
  const GET_ONE = "GET /api/v2/accounts/{account_id}/things/{id}/ 200";

  it.each([
    ["of a list", "GET", THINGS, { data: [{ id: 1, made_at: MADE, kind: "a" }] }, 200, GET_LIST],
    ["without a slash, with a query", "GET", `${THINGS.slice(0, -1)}?limit=1`, { data: [] }, 200, GET_LIST],
    ["of one object", "GET", `${THINGS}7/`, { data: { id: 7, made_at: "2026-01-05T04:30:00Z" } }, 200, GET_ONE],
    ["of the literal address", "GET", `${THINGS}newest/`, { data: [] }, 200, GET_ONE.replace("{id}", "newest")],
    [
      "with 201 for 200",
      "POST",
      THINGS,
      { data: { id: 7, made_at: MADE } },
      201,
      GET_LIST.replace("GET", "POST").replace("200", "201"),
    ],
    [
      "with null for a value",
      "GET",
      `${THINGS}7/`,
      { data: { id: 7, made_at: null, kind: null, parts: null } },
      200,
      GET_ONE,
    ],
  ] as const)("%s", (_, method, path, json, status, name) => {
    expect(differences(method, path, json, status)).toEqual({ [name]: [] });
  });

  it.each([
    ["a key that is missing", { data: { id: 7 } }, "data must have required property 'made_at'"],
    ["a value of another type", { data: { id: "7", made_at: MADE } }, "data/id must be integer"],
    ["a text that is no time", { data: { id: 7, made_at: "today" } }, 'data/made_at must match format "date-time"'],
    [
      "a value that is not allowed",
      { data: { id: 7, made_at: MADE, kind: "c" } },
      "data/kind must be equal to one of the allowed values",
    ],
    [
      "an item of a list",
      { data: { id: 7, made_at: MADE, parts: [{ id: 8, made_at: MADE }, { id: 9 }] } },
      "data/parts/* must have required property 'made_at'",
    ],
    ["null for the object itself", { data: null }, "data must be object"],
  ])("and differs by %s", (_, json, difference) => {
    expect(differences("GET", `${THINGS}7/`, json)).toEqual({ [GET_ONE]: [difference] });
  });

  it("and is counted if no document describes it", () => {
    expect(check("GET", "/api/v2/accounts/1/others/", {})).toMatchObject({ operations: [], undescribed: 1 });
    expect(check("GET", `${THINGS}7/`, {}, 404)).toMatchObject({ operations: [], undescribed: 1 });
    expect(check("DELETE", `${THINGS}7/`, undefined, 204)).toMatchObject({ operations: [], undescribed: 0 });
  });
});

describe("OpenAPI documents", () => {
  it("are read from files and folders, in YAML and JSON", () => {
    writeFileSync(join(folder, "more.json"), JSON.stringify({ paths: { "/x/": {} } }));
    writeFileSync(join(folder, "README.md"), "no document");
    const names = (...places: string[]): string[] => readDocuments(places).map(({ name }) => name);
    expect(names(folder)).toEqual([join(folder, "more.json"), join(folder, "things.yaml")]);
    expect(names(join(folder, "things.yaml"))).toEqual([join(folder, "things.yaml")]);
  });

  it.each(["a: 1", "", "- 1"])("are refused if they have no paths: %j", (text) => {
    const file = join(folder, "other.yaml");
    writeFileSync(file, text);
    expect(() => readDocuments([file])).toThrow(`${file} is no OpenAPI document: it has no \`paths\``);
  });

  it("are missing in an empty folder", () => {
    rmSync(join(folder, "things.yaml"));
    expect(() => readDocuments([folder])).toThrow("has no .yaml or .json file with an OpenAPI document");
  });
});
