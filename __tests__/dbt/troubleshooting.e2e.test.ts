import { readFileSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, ROOT, type Manifest } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const page = readFileSync(join(ROOT, "docs", "troubleshooting.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((block) => block[1] === language)
    .map((block) => block[2]!.trim());
const commands = blocks("bash").flatMap((block) => block.split("\n"));
const queries = blocks("sql");
const tests = commands.flatMap((command) => command.split(" ").slice(3));
const folder = new DbtFolder();

beforeAll(() => {
  if (missingDbt === undefined) expect(folder.run(["run", "--quiet"])).toMatchObject({ status: 0 });
}, 600_000);
afterAll(() => {
  folder.remove();
});

it("has queries and tests for each of the three complaints", () => {
  const parts = page.split(/^## /m).slice(1);
  expect(parts).toHaveLength(3);
  for (const part of parts)
    expect(part).toMatch(/```sql[\s\S]*```bash\ndbt test --select |```bash\ndbt test --select [\s\S]*```sql/);
});

itWithDbt(
  "names tests that exist, and all of them let the shipped data pass",
  () => {
    const { nodes } = folder.json("manifest.json") as Manifest;
    const known = Object.values(nodes).map(({ name }) => name);
    expect(tests.filter((name) => !known.includes(name))).toEqual([]);
    const { status, output } = folder.run(["test", "--select", ...tests]);
    expect({ status, end: output.slice(-2000) }).toMatchObject({ status: 0 });
    expect(output).toContain(` ${new Set(tests).size} data tests in `);
  },
  300_000,
);

itWithDbt.each(queries.map((query) => [query.split("\n").slice(0, 2).join(" "), query]))(
  "%s … returns rows",
  (_, query) => {
    const count = "import duckdb, sys; print(len(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))";
    const { status, stdout, stderr } = python("-c", count, folder.warehouse, query);
    expect({ status, stderr, hasRows: Number(stdout) > 0 }).toEqual({ status: 0, stderr: "", hasRows: true });
  },
);

itWithDbt(
  "and a status that nobody maps is named",
  () => {
    const plant = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])";
    const fault = "update dbt_production.orders set status = 'lost' where id = 1";
    expect(python("-c", plant, folder.warehouse, fault)).toMatchObject({ status: 0 });
    const { status, output } = folder.run(
      ["test", "--select", "orders_unknown_status", "ltv_is_the_value_of_customers"],
      {},
    );
    expect(status).toBe(0);
    expect(output).toMatch(/WARN 1 orders_unknown_status/);
  },
  300_000,
);
