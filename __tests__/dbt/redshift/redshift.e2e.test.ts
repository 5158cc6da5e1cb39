import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../../support/requirement";
import { DbtFolder, missingDbt, type Manifest } from "../dbt";
import { missingModule, python } from "../python";

const RULES = "__tests__/dbt/redshift/rules.py";
const itWithSqlglot = itIf(missingDbt ?? missingModule("sqlglot"));
const folder = new DbtFolder();

afterAll(() => {
  folder.remove();
});

itWithSqlglot("all SQL that dbt compiles for Redshift parses and breaks no rule", () => {
  const compiled = folder.run(["compile", "--target", "redshift", "--no-introspect", "--no-populate-cache"], {
    REDSHIFT_HOST: "localhost",
    REDSHIFT_USER: "nobody",
    REDSHIFT_DATABASE: "analytics",
    DBT_ENV_SECRET_REDSHIFT_PASSWORD: "unused",
    DBT_CUSTOMER_KEY_SALT: "of the tests",
  });
  expect(compiled.status === 0 ? "" : compiled.output.slice(-3000)).toBe("");
  const files = join(folder.target, "compiled", "marketing_analytics");
  const { nodes } = folder.json("manifest.json") as Manifest;
  const count = Object.values(nodes).filter(({ resource_type }) =>
    ["model", "test", "analysis"].includes(resource_type),
  ).length;
  expect(
    readdirSync(files, { recursive: true }).filter((name) => String(name).endsWith(".sql")).length,
  ).toBeGreaterThanOrEqual(count);
  const checked = python(RULES, files);
  expect(checked).toMatchObject({ stdout: expect.stringMatching(/^\d+ files\n$/) as string, status: 0 });
});

/** For each rule, a statement that Redshift refuses, a similar one that it accepts, and the reason. */
const rules: readonly (readonly [refused: string, accepted: string, reason: string])[] = [
  ["select string_agg(a, ',') from m.t", "select listagg(a, ',') from m.t", "the function string_agg"],
  ["select a as percent from m.t", "select a as percentage from m.t", "the reserved word percent as a name"],
  ["select x.a from m.t as without", 'select x.a from m.t as "without"', "the reserved word without as a name"],
  ["select a as user from m.t", "select cast(a as timestamp) from m.t", "the reserved word user as a name"],
  ["select new.a from m.t", "select m.new.a from m.t", "the reserved word new as a name"],
  [
    "with f as (select 1 as a) select percentile_cont(0.5) within group (order by a) from f",
    "with f as (select 1 as a) select percentile_cont(0.5) within group (order by a) from f cross join m.t",
    "percentile_cont without a table: it runs on compute nodes alone",
  ],
  [
    "select median(a) from (select relpages as a from pg_class)",
    "select max(a) from (select relpages as a from pg_class)",
    "median without a table: it runs on compute nodes alone",
  ],
  [
    "select generate_series(1, a) from m.t",
    "select generate_series(1, 3)",
    "generate_series on a table: it runs on the leader node alone",
  ],
  [
    "select a, current_timestamp from m.t",
    "select a, getdate() from m.t",
    "current_timestamp on a table: it runs on the leader node alone",
  ],
  [
    "select substr(a, 2, 3) from m.t",
    "select substring(a, 2, 3) from m.t",
    "substr on a table: it runs on the leader node alone",
  ],
  [
    "select substring(a, 2) from m.t",
    "select substring(a from 2) from m.t",
    "substring without a length, which only binary values may have",
  ],
  [
    "select lag(a, 1, 0) over (partition by b order by c) from m.t",
    "select lag(a, 1) over (partition by b order by c) from m.t",
    "lag with a default",
  ],
  [
    "select row_number() over (partition by 1 order by c) from m.t",
    "select row_number() over (partition by b1 order by c) from m.t",
    "a constant in a window's partition by",
  ],
  [
    "select row_number() over (order by 'c' desc) from m.t",
    "select row_number() over (order by c || 'c' desc) from m.t",
    "a constant in a window's order by",
  ],
  [
    "select rank() over (order by c rows unbounded preceding) from m.t",
    "select rank() over (order by c) from m.t",
    "rank with a frame",
  ],
  [
    "select sum(a) over (partition by b order by c) from m.t",
    "select sum(a) over (partition by b order by c rows unbounded preceding) from m.t",
    "sum over a window with an order and without a frame",
  ],
  [
    "select last_value(a ignore nulls) over (order by c) from m.t",
    "select last_value(a ignore nulls) over (order by c rows between unbounded preceding and current row) from m.t",
    "last_value over a window with an order and without a frame",
  ],
  ["select a from (values (1), (2)) as t (a)", "insert into m.t (a) values (1), (2)", "values as a table"],
  ["select distinct on (a) a, b from m.t", "select distinct a, b from m.t", "distinct on"],
  ["select x.a from m.t, lateral (select 1 as a) as x", "select x.a from m.t, (select 1 as a) as x", "lateral"],
  ["select a from m.t where a is distinct from b", "select distinct a from m.t", "is distinct from"],
  ["delete from m.t where a = 1 returning a", "delete from m.t where a = 1", "returning"],
  ["insert into m.t values (1) on conflict do nothing", "insert into m.t values (1)", "on conflict"],
  ["select a from m.t where a = any(array[1, 2])", "select a from m.t where a in (1, 2)", "any(array)"],
  ["select count(*) filter (where a) from m.t", "select count(case when a then 1 end) from m.t", "filter (where)"],
  ["select a from m.t order by a collate nocase", "select a from m.t order by lower(a)", "collate"],
  [
    "with t as materialized (select 1 as a) select a from t",
    "with t as (select 1 as a) select a from t",
    "materialized",
  ],
  ["select a // 2 from m.t", "select a / 2 from m.t", "integer division with //"],
  [
    "select a from m.t full join m.u on t.a = u.a and t.b > u.b",
    "select a from m.t full join m.u on t.a = u.a and t.b = u.b where t.b > 1",
    "a full join on anything but equality",
  ],
  [
    "select a from m.t left join m.u on t.a = (select max(a) from m.u)",
    "select a from m.t inner join m.u on t.a = (select max(a) from m.u)",
    "a subquery in the condition of an outer join",
  ],
  ["select cast(a as numeric) from m.t", "select cast(a as numeric(18, 2)) from m.t", "numeric without precision"],
  ["select a::decimal from m.t", "select a::decimal(5) from m.t", "decimal without precision"],
  [
    "delete from m.t using (select 1 as a) as u where t.a = u.a",
    "delete from m.t using m.u where t.a = u.a",
    "a subquery in delete using",
  ],
  [
    "select listagg(a) within group (order by a), listagg(b) within group (order by b) from m.t",
    "select listagg(a) within group (order by a), listagg(b) within group (order by a) from m.t",
    "aggregates within groups of different orders",
  ],
];

itWithSqlglot("each rule refuses SQL that Redshift refuses, and accepts similar SQL", () => {
  const places = ["refused", "accepted"].map((name) => {
    const place = join(folder.path, name);
    mkdirSync(place);
    return place;
  });
  rules.forEach((statements, i) => {
    places.forEach((place, side) => {
      writeFileSync(join(place, `${String(i).padStart(2, "0")}.sql`), statements[side]!);
    });
  });
  const [refused, accepted] = places.map((place) => python(RULES, place).stdout.trimEnd().split("\n"));
  expect(accepted).toEqual([`${rules.length} files`]);
  for (const [i, [, , reason]] of rules.entries()) {
    const file = join(places[0]!, `${String(i).padStart(2, "0")}.sql`);
    expect(refused!.filter((line) => line.startsWith(`${file}: ${reason}`))).not.toEqual([]);
  }
});

itWithSqlglot("words in texts, in comments and in quotes break no rule", () => {
  const place = join(folder.path, "quoted");
  mkdirSync(place);
  const sql = `select 'it''s \\' string_agg(' as a, "percent" /* now() */ -- median(x)\nfrom m.t`;
  writeFileSync(join(place, "quoted.sql"), sql);
  expect(python(RULES, place)).toMatchObject({ status: 0, stdout: "1 files\n" });
});
