import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataDiff, type DataDiff } from "../../../src/data-diff/data-diff";
import { missingDbt, ROOT } from "../../dbt/dbt";
import { envFolder } from "../../support/env-folder";
import { itIf } from "../../support/requirement";

const itWithDbt = itIf(missingDbt);
const SALES = "{{ ref('stg_sales') }}";
const ALL = `select * from ${SALES}`;

/** Two ways to write the same mart. */
const REFACTORS: readonly (readonly [before: string, after: string])[] = [
  [ALL, `with sales as (${ALL}) select * from sales`],
  [`${ALL} where id > 0 and id < 9`, `${ALL} where id between 1 and 8`],
  [
    `select customer as id, sum(amount) as amount from ${SALES} group by customer`,
    `select distinct customer as id, sum(amount) over (partition by customer) as amount from ${SALES}`,
  ],
  [
    `select a.*, b.amount as earlier from ${SALES} a left join ${SALES} b on b.id = a.id - 1`,
    `select a.*, (select b.amount from ${SALES} b where b.id = a.id - 1) as earlier from ${SALES} a`,
  ],
  [
    `select id, case when amount is null then 0 else amount end as amount from ${SALES}`,
    `select id, coalesce(amount, 0) as amount from ${SALES}`,
  ],
  [ALL, `${ALL} order by id desc`],
  [`select id, day, amount from ${SALES}`, `select amount, id, day from ${SALES}`],
  [`${ALL} where id = 1 union all ${ALL} where id <> 1`, ALL],
  [
    `select customer as id, count(*) filter (where amount > 15) as large from ${SALES} group by customer`,
    `select customer as id, cast(sum(case when amount > 15 then 1 else 0 end) as bigint) as large from ${SALES} group by customer`,
  ],
  [
    `${ALL} where id not in (select id from ${SALES} where amount is null)`,
    `${ALL} s where not exists (select 1 from ${SALES} n where n.id = s.id and n.amount is null)`,
  ],
  [
    `${ALL} qualify row_number() over (partition by customer order by id) = 1`,
    `${ALL} where id in (select min(id) from ${SALES} group by customer)`,
  ],
  [ALL, `{{ config(materialized='view') }} ${ALL}`],
  [ALL, "select * from {{ ref('int_sales') }}"],
  [
    `select customer as id, sum(share) as share from ${SALES} group by customer having count(*) > 1`,
    `select id, share from (select customer as id, sum(share) as share, count(*) as n from ${SALES} group by customer) t where n > 1`,
  ],
  [
    `select id, day + interval 1 day as next_day from ${SALES}`,
    `select id, date_add(day, interval 1 day) as next_day from ${SALES}`,
  ],
  [`select id, share * 3 as triple from ${SALES}`, `select id, {{ triple('share') }} as triple from ${SALES}`],
];

const ROWS = { base: 3, added: 0, lost: 0, changed: 0 };
const WITH = (column: string): string => `select * replace (${column}) from ${SALES}`;

/** A mart that is a copy of the sales, its change, and what the difference must have. */
const CHANGES: readonly (readonly [after: string, expected: object])[] = [
  [`${ALL} where id <> 2`, { rows: { ...ROWS, head: 2, lost: 1 } }],
  [`${ALL} union all select 4, 'c', null, null, null, null`, { rows: { ...ROWS, head: 4, added: 1 } }],
  [WITH("id + 1 as id"), { rows: { ...ROWS, head: 3, added: 1, lost: 1, changed: 2 } }],
  [WITH("amount + 5 as amount"), { columns: [{ name: "amount", changed: 2, largest: 5, mean: 5 }] }],
  [`select s.* from ${SALES} s inner join ${SALES} e on e.id = s.id - 1`, { rows: { ...ROWS, head: 2, lost: 1 } }],
  [WITH("coalesce(amount, 0) as amount"), { columns: [{ examples: [{ key: [3], before: null, after: "0.00" }] }] }],
  [WITH("nullif(amount, 10) as amount"), { columns: [{ examples: [{ key: [1], before: "10.00", after: null }] }] }],
  [WITH("share + 0.000001 as share"), { columns: [{ name: "share", changed: 3 }] }],
  [WITH("day + interval 1 day as day"), { columns: [{ name: "day", changed: 3 }] }],
  [WITH("upper(email) as email"), { columns: [{ name: "email", changed: 2 }] }],
  [`select *, 1 as one from ${SALES}`, { schema: { added: ["one"], removed: [], retyped: [] } }],
  [`select * exclude (share) from ${SALES}`, { schema: { added: [], removed: ["share"], retyped: [] } }],
  [`select * rename (share as part) from ${SALES}`, { schema: { added: ["part"], removed: ["share"], retyped: [] } }],
  [
    WITH("cast(amount as integer) as amount"),
    { schema: { retyped: [{ name: "amount", before: "DECIMAL(18,2)", after: "INTEGER" }] } },
  ],
  [`${ALL} union all ${ALL}`, { by_key: false, rows: { ...ROWS, head: 6, added: 3 } }],
  [WITH("case id when 1 then 'b' else customer end as customer"), { columns: [{ name: "customer", changed: 1 }] }],
];

const REFACTORED = REFACTORS.map((_, i) => `refactor_${i + 10}`);
const CHANGED = CHANGES.map((_, i) => `change_${i + 10}`);

/** Describes each mart: its key and its personal data. */
function description(marts: readonly string[], contract = ""): string {
  const models = marts.map(
    (name) => `
  - name: ${name}
    columns:
      - name: id
        data_tests: [unique]
      - name: email
        config: { meta: { pii: true } }`,
  );
  return `models:${models.join("")}${contract}\n`;
}

const PLAIN = `
  - name: described
    columns:
      - { name: id, data_type: integer }
      - { name: customer, data_type: varchar(10), data_tests: [not_null] }`;
const STRICT = `
  - name: described
    config: { contract: { enforced: true } }
    columns:
      - { name: id, data_type: integer, data_tests: [unique] }
      - { name: customer, data_type: varchar(20) }`;

/** A repository whose marts are written in the first way. */
function repository(): { root: string; write: (file: string, text: string) => void; commit: (text: string) => void } {
  const marts = [
    ...REFACTORED.map((name, i) => [name, REFACTORS[i]![0]]),
    ...CHANGED.map((name) => [name, ALL]),
    ["described", `select id, customer from ${SALES}`],
    ["dropped", ALL],
  ];
  const root = envFolder({
    ".gitignore": "dbt/target/\n.venv\n",
    "dbt/dbt_project.yml": "name: shop\nprofile: shop\nmodels:\n  shop:\n    +materialized: table\n",
    "dbt/profiles.yml":
      "shop:\n  target: duckdb\n  outputs:\n    duckdb: { type: duckdb, path: \"{{ env_var('MARKETING_DUCKDB_PATH') }}\" }\n",
    "dbt/models/sources.yml": "sources:\n  - name: dbt_production\n    tables: [{ name: sales }]\n",
    "dbt/models/stg_sales.sql": "select * from {{ source('dbt_production', 'sales') }}",
    "dbt/models/models.yml": description([...REFACTORED, ...CHANGED], PLAIN),
    ...Object.fromEntries(marts.map(([name, sql]) => [`dbt/models/marts/${name}.sql`, sql!])),
  });
  symlinkSync(join(ROOT, ".venv"), join(root, ".venv"));
  const git = (...args: string[]): void => void execFileSync("git", args, { cwd: root });
  const commit = (text: string): void => {
    git("add", ".");
    git("commit", "--quiet", "--message", text);
  };
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "tester");
  git("config", "user.email", "tester@example.com");
  commit("A shop");
  git("switch", "--quiet", "--create", "work");
  const write = (file: string, text: string): void => {
    writeFileSync(join(root, file), text);
  };
  return { root, write, commit };
}

/** A DuckDB file with the source, as a view, beside a table that a build must not see. */
function sourceFile(): string {
  const file = join(envFolder({}), "my sources.duckdb");
  const sql = `
    create schema dbt_production; create schema main_marts; create table main_marts.dropped as select 1 as one;
    create table main.kept as from (values
      (1, 'a', 'a@example.com', date '2026-01-01', 10.00::decimal(18, 2), 0.1::double),
      (2, 'b', 'b@example.com', date '2026-01-02', 20.00, 0.2),
      (3, 'b', null, date '2026-01-03', null, 0.7)) v(id, customer, email, day, amount, share);
    create view dbt_production.sales as from "my sources".main.kept`;
  const program = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])";
  const { stderr } = spawnSync(join(ROOT, ".venv/bin/python"), ["-c", program, file, sql], { encoding: "utf8" });
  if (stderr !== "") throw new Error(stderr);
  return file;
}

describe("commits of a branch, compared with its base on the tables of a file", () => {
  let refactored: DataDiff, changed: DataDiff, selected: DataDiff;
  beforeAll(() => {
    if (missingDbt !== undefined) return;
    const { root, write, commit } = repository();
    const { PATH, HOME } = process.env;
    const request = { root, base: "main", sources: sourceFile(), env: { PATH, HOME }, say: () => undefined };

    for (const [i, name] of REFACTORED.entries()) write(`dbt/models/marts/${name}.sql`, REFACTORS[i]![1]);
    write("dbt/models/int_sales.sql", `{{ config(materialized='ephemeral') }} ${ALL}`);
    execFileSync("mkdir", ["-p", join(root, "dbt/macros")]);
    write("dbt/macros/triple.sql", "{% macro triple(column) %}3 * {{ column }}{% endmacro %}");
    commit("Write the marts in another way");
    refactored = dataDiff(request);

    for (const [i, name] of CHANGED.entries()) write(`dbt/models/marts/${name}.sql`, CHANGES[i]![0]);
    rmSync(join(root, "dbt/models/marts/dropped.sql"));
    write("dbt/models/marts/fresh.sql", ALL);
    write("dbt/models/models.yml", description([...REFACTORED, ...CHANGED], STRICT));
    commit("Change the marts");
    changed = dataDiff(request);
    selected = dataDiff({ ...request, select: ["change_10", "change_13"] });
  });

  itWithDbt("gives no difference for each of 16 refactors", () => {
    expect(refactored).toMatchObject({ marts: [], failures: [], contracts: [], unchanged: 34 });
    expect(refactored.built).toEqual(expect.arrayContaining(REFACTORED));
    expect(refactored.tests).toEqual({ added: [], removed: [] });
  });

  itWithDbt("names each of 18 changed marts, with its rows, columns and values", () => {
    expect(changed.marts.map(({ name }) => name)).toEqual([...CHANGED, "dropped", "fresh"]);
    for (const [i, [sql, expected]] of CHANGES.entries()) {
      expect({ sql, ...changed.marts[i] }).toMatchObject({ sql, ...expected });
    }
    expect(changed.marts.slice(-2)).toMatchObject([{ status: "removed" }, { status: "added" }]);
    expect(JSON.stringify(changed)).not.toContain("@");
  });

  itWithDbt("names the contracts and tests that changed, and the test that fails", () => {
    expect(changed.contracts).toEqual([
      { mart: "described", column: null, before: "not enforced", after: "enforced" },
      { mart: "described", column: "customer", before: "varchar(10)", after: "varchar(20)" },
    ]);
    expect(changed.tests).toEqual({ added: ["unique_described_id"], removed: ["not_null_described_customer"] });
    const duplicated = CHANGED[CHANGES.findIndex(([sql]) => sql.includes("union all select *"))]!;
    expect(changed.failures).toMatchObject([{ name: `unique_${duplicated}_id`, status: "fail" }]);
  });

  itWithDbt("builds and compares only the models that are selected", () => {
    expect([...selected.built].sort()).toEqual(["change_10", "change_13"]);
    expect(selected.marts.map(({ name }) => name)).toEqual(["change_10", "change_13"]);
  });
});
