import { codeBlocks, documentation } from "../support/documentation";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, type DbtRun } from "./dbt";
import { copyShippedWarehouse, expectRows } from "./warehouses";

const itWithDbt = itIf(missingDbt);
const page = documentation("runbook.md");
const commands = codeBlocks(page, "bash").flatMap((block) => block.split("\n"));
const queries = codeBlocks(page, "sql");
const folder = new DbtFolder();

beforeAll(() => {
  if (missingDbt === undefined) expect(copyShippedWarehouse(folder)).toMatchObject({ status: 0 });
});
afterAll(() => {
  folder.remove();
});

it("has commands and queries for each day, week and month", () => {
  for (const part of page.split(/^## /m).slice(1))
    expect(part).toMatch(/^(?:Daily|Weekly|Monthly)\n[\s\S]*```bash[\s\S]*$/);
  expect([commands.length, queries.length]).toEqual([5, 14]);
});

describe("the runbook's command", () => {
  let runs: DbtRun[] = [];
  beforeAll(() => {
    if (missingDbt === undefined) runs = folder.runAll(commands.map((command) => command.split(" ").slice(1)));
  });

  itWithDbt.each(commands.map((command, index) => [command, index] as const))("`%s` goes well", (command, index) => {
    expect(command).toMatch(/^dbt /);
    const { status, output } = runs[index]!;
    expect(status === 0 ? "" : output.slice(-3000)).toBe("");
  });
});

describe("the runbook's query", () => {
  itWithDbt.each(queries.map((query) => [query.split("\n").slice(0, 2).join(" "), query]))(
    "%s … returns rows",
    (name, query) => {
      expectRows(folder.warehouse, name, query);
    },
  );
});
