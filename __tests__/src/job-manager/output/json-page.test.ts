import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonPage } from "../../../../src/job-manager/output/json-page";
import { RESULTS } from "../../../../src/job-manager/output/result-schemas";
import { describeProgram } from "../../../../src/job-manager/program";

const nothing = (): Promise<void> => Promise.resolve();

describe("docs/json.md", () => {
  it("is up to date, and states the command that regenerates it", () => {
    const page = readFileSync(join(__dirname, "../../../../docs/json.md"), "utf8");
    expect(page).toBe(jsonPage());
    expect(page.split("\n")[0]).toContain("npm run docs:json");
  });

  it("has a schema for each command with --json", () => {
    const { commands } = describeProgram({ offline: nothing, online: nothing, server: nothing });
    const withJson = commands.filter(({ options }) => options.some(({ long }) => long === "--json"));
    expect(Object.keys(RESULTS).sort()).toEqual(withJson.map((command) => command.name()).sort());
  });
});
