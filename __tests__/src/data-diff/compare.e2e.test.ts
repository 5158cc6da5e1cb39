import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  isDifferent,
  martDifferenceSchema,
  type ComparedMart,
  type MartDifference,
} from "../../../src/data-diff/difference";
import { missingDbt, ROOT } from "../../dbt/dbt";
import { envFolder } from "../../support/env-folder";
import { itIf } from "../../support/requirement";

const itWithDuckdb = itIf(missingDbt);
const PYTHON = join(ROOT, ".venv/bin/python");
const COLUMNS = "(id integer, email varchar, day date, amount decimal(18, 2), share double)";
const ROWS =
  "(1, 'a@example.com', '2026-01-01', 10.00, 0.1), (2, 'b@example.com', '2026-01-02', 20.00, 0.2), (3, null, null, null, null)";
const BASE = `create table marts.sales ${COLUMNS}; insert into marts.sales values ${ROWS}`;

/** The differences of the mart `sales`, after each change of its own copy of the base. */
function differences(changes: readonly string[], key = ["id"]): MartDifference[] {
  const folder = envFolder({});
  const program = `
import duckdb, json, subprocess, sys
folder, compare, key, base, *changes = json.load(sys.stdin)
for i, sql in enumerate([base, *changes]):
    with duckdb.connect(f"{folder}/{i}.duckdb") as connection:
        connection.execute("create schema marts; " + (base if i == 0 else base + ";" + sql))
mart = {"name": "sales", "schema": "marts", "key": key, "hidden": ["email"], "builds": ["base", "head"]}
for i in range(1, len(changes) + 1):
    request = {"base": f"{folder}/0.duckdb", "head": f"{folder}/{i}.duckdb", "folder": f"{folder}/{i}", "marts": [mart], "summary": "kpis"}
    print(subprocess.run([sys.executable, compare], input=json.dumps(request), text=True, check=True, stdout=subprocess.PIPE).stdout, end="")
`;
  const input = JSON.stringify([folder, join(ROOT, "src/data-diff/compare.py"), key, BASE, ...changes]);
  const { stdout, stderr } = spawnSync(PYTHON, ["-B", "-c", program], { input, encoding: "utf8" });
  if (stderr !== "") throw new Error(stderr);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => martDifferenceSchema.parse((JSON.parse(line) as { marts: unknown[] }).marts[0]));
}

/** Changes that keep every row and value. */
const REFACTORS = [
  "select 1",
  "create or replace table marts.sales as from marts.sales order by id desc",
  "create or replace table marts.sales as select share, amount, day, email, id from marts.sales",
  "create or replace table marts.sales as select * replace (share * (1 + 1e-13) as share) from marts.sales",
  "create or replace table marts.sales as select distinct * from (from marts.sales union all from marts.sales)",
  "alter table marts.sales rename to other; create view marts.sales as select * from marts.other",
  "delete from marts.sales where id = 2; insert into marts.sales values (2, 'b@example.com', '2026-01-02', 20.00, 0.2)",
  "create table marts.extra as select 1 as one",
  "create index by_day on marts.sales (day)",
  "update marts.sales set amount = coalesce(amount, null)",
  "update marts.sales set amount = round(amount, 2)",
  "create or replace table marts.sales as select * from marts.sales where id > 0",
  "create or replace table marts.sales as select * replace (trim(email) as email) from marts.sales",
  "create or replace table marts.sales as select * replace (cast(day + interval 0 day as date) as day) from marts.sales",
  "create or replace table marts.sales as select * replace (cast(amount * 1 as decimal(18, 2)) as amount) from marts.sales",
];

/** Changes of rows, values or columns, with what the difference must have. */
const CHANGES: readonly (readonly [sql: string, expected: object])[] = [
  ["delete from marts.sales where id = 2", { rows: { added: 0, lost: 1, changed: 0 } }],
  ["insert into marts.sales values (4, null, null, null, null)", { rows: { added: 1, lost: 0, changed: 0 } }],
  ["update marts.sales set id = 9 where id = 1", { rows: { added: 1, lost: 1, changed: 0 } }],
  [
    "update marts.sales set amount = amount + 5 where id <= 2",
    { rows: { changed: 2 }, columns: [{ name: "amount", changed: 2, largest: 5, mean: 5 }] },
  ],
  [
    "update marts.sales set amount = case id when 1 then 7 else 22 end where id <= 2",
    {
      columns: [
        { name: "amount", largest: 3, mean: -0.5, examples: [{ key: [1], before: "10.00", after: "7.00" }, {}] },
      ],
    },
  ],
  ["update marts.sales set amount = 0 where id = 3", { columns: [{ name: "amount", examples: [{ before: null }] }] }],
  ["update marts.sales set amount = null where id = 1", { columns: [{ name: "amount", examples: [{ after: null }] }] }],
  ["update marts.sales set share = 0.1000001 where id = 1", { columns: [{ name: "share", changed: 1 }] }],
  ["update marts.sales set share = 'nan' where id = 1", { columns: [{ name: "share", changed: 1 }] }],
  [
    "update marts.sales set day = day + 1 where id = 1",
    { columns: [{ name: "day", examples: [{ before: "2026-01-01" }] }] },
  ],
  ["update marts.sales set email = upper(email)", { rows: { changed: 2 }, columns: [{ name: "email", changed: 2 }] }],
  ["alter table marts.sales add column note varchar", { schema: { added: ["note"] } }],
  ["alter table marts.sales drop column share", { schema: { removed: ["share"] } }],
  ["alter table marts.sales rename column share to part", { schema: { added: ["part"], removed: ["share"] } }],
  [
    "alter table marts.sales alter amount type integer",
    { schema: { retyped: [{ name: "amount", before: "DECIMAL(18,2)", after: "INTEGER" }] }, rows: { changed: 0 } },
  ],
  ["insert into marts.sales values (1, null, null, null, null)", { by_key: false, rows: { added: 1, lost: 0 } }],
  ["drop table marts.sales", { status: "removed" }],
];

describe("two builds of a mart", () => {
  itWithDuckdb("are the same after each of 15 refactors", () => {
    const found = differences(REFACTORS);
    expect(found).toHaveLength(REFACTORS.length);
    expect(REFACTORS.filter((_, i) => isDifferent(found[i]!))).toEqual([]);
  });

  itWithDuckdb("differ after each of 17 changes, in the rows, columns and values that changed", () => {
    const found = differences(CHANGES.map(([sql]) => sql));
    for (const [i, [sql, expected]] of CHANGES.entries()) {
      expect({ sql, isDifferent: isDifferent(found[i]!), ...found[i] }).toMatchObject({
        sql,
        isDifferent: true,
        ...expected,
      });
    }
  });

  itWithDuckdb("show no personal data", () => {
    const [found, keyed] = [
      differences(["update marts.sales set email = 'new@example.com'"])[0] as ComparedMart,
      differences(["update marts.sales set amount = 0"], ["email"])[0] as ComparedMart,
    ];
    expect(found.columns).toMatchObject([{ name: "email", changed: 3 }]);
    expect(keyed.columns.length).toBeGreaterThan(0);
    expect(JSON.stringify([found, keyed])).not.toContain("@example.com");
  });
});
