import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDocuments } from "../../../../../packages/local-dbt-cloud/conformance/openapi/document";
import { operationsTable } from "../../../../../packages/local-dbt-cloud/conformance/openapi/routes-table";
import { ownRoutes } from "../../../../../packages/local-dbt-cloud/conformance/own-routes";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openapi-"));
  writeFileSync(join(folder, ".spectral.json"), '{ "extends": "spectral:oas" }');
  writeFileSync(join(folder, "package.json"), "{}");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const SPEC = `
paths:
  /api/v2/accounts/{account_id}/jobs/{id}/:
    parameters: []
    get: {}
    post: {}
    put: {}
  /api/v2/accounts/{account_id}/runs/{run_id}/artifacts/{remainder}:
    get: {}
  /api/v2/accounts/{account_id}/invites/:
    get: {}
`;

it("the documents of a clone are read, and its other files do not count", () => {
  writeFileSync(join(folder, "openapi-v2.yaml"), SPEC);
  expect(readDocuments([folder]).map(({ name }) => name)).toEqual([join(folder, "openapi-v2.yaml")]);
});

it("a folder without a document, and a named file that is none, are refused", () => {
  expect(() => readDocuments([folder])).toThrow("has no .yaml or .json file with an OpenAPI document");
  expect(() => readDocuments([join(folder, "package.json")])).toThrow("is no OpenAPI document: it has no `paths`");
});

it("the table says for each documented operation whether it has a route", async () => {
  writeFileSync(join(folder, "openapi-v2.yaml"), SPEC);
  const table = operationsTable(readDocuments([folder]), await ownRoutes());
  expect(table).toContain("3 of 5 documented operations have a route.");
  expect(table).toContain("| `/api/v2/accounts/{account_id}/jobs/{id}/` | GET, POST | PUT |");
  expect(table).toContain("| `/api/v2/accounts/{account_id}/runs/{run_id}/artifacts/{remainder}` | GET |  |");
  expect(table).toContain("| `/api/v2/accounts/{account_id}/invites/` |  | GET |");
});
