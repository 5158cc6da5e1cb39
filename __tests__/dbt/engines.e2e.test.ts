import { copyFileSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { readWarehouse } from "../../src/dashboard/warehouse";
import { itIf } from "../support/requirement";
import { DBT, DbtFolder, missingDbt, PROJECT, ROOT, type DbtRun } from "./dbt";
import { missingPostgres, PostgresServer } from "./postgres";
import { python, type PythonRun } from "./python";
import { RedshiftStandIn } from "./redshift/stand-in";

const itWithDbt = itIf(missingDbt);
const itWithPostgres = itIf(missingDbt ?? missingPostgres);
const folder = new DbtFolder();
const withoutTests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"];
let built: DbtRun;
let server: PostgresServer | undefined;
let redshift: RedshiftStandIn | undefined;

beforeAll(() => {
  if (missingDbt === undefined) built = folder.run(["build"]);
});
afterAll(() => {
  redshift?.stop();
  server?.stop();
  folder.remove();
});

describe("on DuckDB", () => {
  itWithDbt("everything is built and tested from the shipped data", () => {
    expect(built.status === 0 ? "" : built.output.slice(-5000)).toBe("");
    expect(built.output).toMatch(/Done\. PASS=\d+ WARN=\d+ ERROR=0 SKIP=0/);
  });

  const analyses = readdirSync(join(PROJECT, "analyses")).filter((name) => name.endsWith(".sql"));

  itWithDbt("each of the documentation's queries returns rows", () => {
    expect(analyses.length).toBeGreaterThanOrEqual(4);
    expect(folder.run(["compile", "--select", "resource_type:analysis"])).toMatchObject({ status: 0 });
    const compiled = join(folder.target, "compiled", "marketing_analytics", "analyses");
    const count =
      "import duckdb, sys; print(len(duckdb.connect(sys.argv[1]).execute(open(sys.argv[2]).read()).fetchall()))";
    for (const name of analyses) {
      const { status, stdout } = python("-c", count, folder.warehouse, join(compiled, name));
      expect({ name, status, hasRows: Number(stdout) > 0 }).toEqual({ name, status: 0, hasRows: true });
    }
  });

  itWithDbt("no name of a customer stands in the marketing schema, but in the table of customers", () => {
    const { status, stdout } = python("__tests__/dbt/find_names.py", folder.warehouse);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^[1-9]\d* columns of text, 0 with names\n$/) as string,
    });
  });
});

describe("on PostgreSQL", () => {
  itWithPostgres("everything is built, and every row equals DuckDB's", async () => {
    server = await PostgresServer.start();
    const loaded = python("__tests__/dbt/load_postgres.py", folder.warehouse, String(server.port));
    expect(loaded).toMatchObject({ status: 0, stderr: "" });
    expect(onPostgres(["build", ...withoutTests])).toEqual({ status: 0, output: "" });
    expectEqual(folder.warehouse, String(server.port));
  });

  itWithPostgres("every source tells how old it is, and shipped data are", () => {
    const { status, output } = onPostgres(["source", "freshness"]);
    expect(status).toBe(1);
    const told = [...output.matchAll(/ ERROR (STALE )?freshness of \w+\.(\w+)/g)];
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter(([, stale]) => stale === undefined)).toEqual([]);
  });
});

describe("on Redshift, through dbt-redshift and a PostgreSQL stand-in,", () => {
  itWithPostgres("everything is built and tested, and every row equals DuckDB's", async () => {
    server ??= await PostgresServer.start();
    redshift = await RedshiftStandIn.start(server);
    const loaded = python("__tests__/dbt/load_postgres.py", folder.warehouse, redshift.warehouse);
    expect(loaded).toMatchObject({ status: 0, stderr: "" });
    const [first] = onRedshift([["build"]]);
    expect(first!.status === 0 ? "" : first!.output.slice(-5000)).toBe("");
    expect(first!.output).toMatch(/Done\. PASS=\d+ WARN=\d+ ERROR=0 SKIP=0/);
    expectEqual(folder.warehouse, redshift.warehouse);
  });

  itWithPostgres("a second run, the documentation, vacuum and analyze work, and a branch's schema is dropped", () => {
    const runs = onRedshift([
      ["build", "--quiet", ...withoutTests],
      ["docs", "generate", "--quiet"],
      ["run-operation", "vacuum_analyze", "--quiet"],
    ]);
    expect(runs).toEqual(runs.map(() => ({ status: 0, output: "" })));
    expectEqual(folder.warehouse, redshift!.warehouse);
    const catalog = folder.json("../redshift/catalog.json") as {
      nodes: Record<string, { metadata: { type: string } }>;
    };
    const types = Object.values(catalog.nodes).map(({ metadata: { type } }) => type);
    expect(new Set(types)).toEqual(new Set(["BASE TABLE", "LATE BINDING VIEW"]));
    expect(types.length).toBeGreaterThan(90);

    const branch = { DBT_SCHEMA: "marketing_feature_x_someone" };
    const schemas = "select count(*) from pg_namespace where nspname like 'marketing_feature%'";
    const drop = ["run-operation", "drop_branch_schema", "--args", "{schema: marketing_feature_x_someone}"];
    // The command is recorded; a backslash would escape the quote after it in a text of Redshift.
    const note = ["--vars", String.raw`{note: it\'s}`];
    const select = ["--select", "stg_orders", "stg_payments", "int_order_amounts"];
    expect(
      folder.run(["run", "--quiet", ...select, ...note, ...redshiftPlaces()], { ...redshift!.env, ...branch }),
    ).toEqual({ status: 0, output: "" });
    const noted = "select count(*) from marketing_feature_x_someone.dbt_invocations where command like '%it_''s%'";
    expect(rowsOf(noted)).toEqual([[1]]);
    expect(rowsOf(schemas)).toEqual([[2]]);
    expect(onRedshift([[...drop, "--quiet"]], branch)).toEqual([{ status: 0, output: "" }]);
    expect(rowsOf(schemas)).toEqual([[0]]);
  });

  itWithPostgres("users and roles may read what is granted to them, and no more", () => {
    const granted = rowsOf(`
      select distinct identity_type, identity_name, relation_name = 'customers' from redshift.svv_relation_privileges
      where namespace_name = 'marketing' and privilege_type = 'SELECT' and identity_name <> 'postgres' order by 1, 2
    `);
    expect(granted).toEqual([
      ["role", "marketing_readers", false],
      ["user", "analyst", false],
      ["user", "people_team", true],
    ]);
    const usage = ["analyst", "people_team", "marketing_readers"].map(
      (role) => `select has_schema_privilege('${role}', 'marketing', 'usage')`,
    );
    expect(rowsOf(usage.join(" union all "))).toEqual([[true], [true], [true]]);
  });

  itWithPostgres("the dashboard reads what it reads on DuckDB", () => {
    const reader = (target: string) =>
      readWarehouse({
        program: DBT,
        project: PROJECT,
        options: ["--target", target, "--target-path", join(folder.path, "dashboard")],
        env: { ...process.env, ...folder.env, ...redshift!.env },
      });
    const [ours, theirs] = [reader("duckdb"), reader("redshift")];
    expect(theirs.size).toBeGreaterThan(5);
    expect([...theirs].map(([name, { missing, rows }]) => [name, missing, rows.length])).toEqual(
      [...ours].map(([name, { rows }]) => [name, [], rows.length]),
    );
    expect([...theirs].map(([, { rows }]) => rows.map((row) => Object.keys(row)))).toEqual(
      [...ours].map(([, { rows }]) => rows.map((row) => Object.keys(row))),
    );
  });

  itWithPostgres("one command checks a cluster, and leaves nothing there", () => {
    const select = ["--select", "stg_customers", "stg_meta_ads", "--quiet"];
    const program = join(ROOT, "src", "rehearsal", "redshift_check.py");
    const { status, output } = folder.runPython([program, ...select], redshift!.env);
    expect(output).toMatch(/^2 relations, 0 differences; dbt build ended with 0$/m);
    expect(status).toBe(0);
    expect(rowsOf("select count(*) from pg_namespace where nspname like 'marketing_check%'")).toEqual([[0]]);

    const wrong = folder.runPython([program, "--target", "duckdb"], redshift!.env);
    expect(wrong).toMatchObject({ status: 1, output: expect.stringContaining("is of type duckdb") as string });
  });

  itWithPostgres("what Redshift refuses is refused, and the transaction with it", () => {
    const refusals = [
      ["create table public.t diststyle key distkey (missing) as (select 1 as present)", "missing"],
      ["select sum(a) over (order by a) from public.numbers", "without a frame"],
      ["select percentile_cont(0.5) within group (order by a) from (select 1 as a)", "without a table"],
      ["select a as percent from public.numbers", "reserved word percent"],
      ["select 1.0 / 0", "division by zero"],
    ] as const;
    for (const [sql, reason] of refusals) {
      const { status, stderr } = throughProxy(sql);
      expect({ sql, status, stderr }).toEqual({ sql, status: 1, stderr: expect.stringContaining(reason) as string });
    }
    expect(throughProxy("select percentile_cont(0.5) within group (order by a) from public.numbers")).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});

describe("an incremental run after new, late, changed, repeated and deleted rows", () => {
  /** The days since which rows changed. */
  const changed = ["--event-time-start", "2025-11-01", "--event-time-end", "2026-02-01"];
  const incremental = (vars: object = {}): string[] => ["--vars", JSON.stringify({ incremental: true, ...vars })];
  const full = join(folder.path, "full", "warehouse.duckdb");
  let historyBefore: unknown;

  itWithDbt("makes every row of what a full refresh makes", () => {
    historyBefore = history();
    changeSources(folder.warehouse);
    mkdirSync(dirname(full));
    copyFileSync(folder.warehouse, full);
    expect(folder.run(["run", "--quiet", "--full-refresh"])).toEqual({ status: 0, output: "" });
    swap(folder.warehouse, full);
    const target = ["--target-path", join(folder.path, "incremental")];
    expect(folder.run(["run", "--quiet", ...incremental(), ...changed, ...target])).toEqual({
      status: 0,
      output: "",
    });
    expectEqual(folder.warehouse, full);
  });

  itWithDbt("leaves what the history tables say of earlier days, as does a full refresh", () => {
    expect(historyBefore).toEqual([
      ["2025-12-31", expect.any(Number), expect.any(String)],
      ["2025-12-31", expect.any(Number), expect.any(String)],
    ]);
    const after = history() as unknown[][];
    expect(after).toEqual(expect.arrayContaining(historyBefore as unknown[][]));
    expect(after.map(([day]) => day).sort()).toEqual(["2025-12-31", "2025-12-31", "2026-01-02", "2026-01-02"]);
  });

  itWithDbt("and so does a full refresh in batches, over which copies of events lie scattered", () => {
    const vars = incremental({ microbatch_size: "year", microbatch_begin: "2023-01-01" });
    const target = ["--target-path", join(folder.path, "batches")];
    const select = ["--select", "tag:near_real_time"];
    expect(folder.run(["run", "--quiet", "--full-refresh", ...select, ...vars, ...target])).toEqual({
      status: 0,
      output: "",
    });
    expectEqual(folder.warehouse, full);
  });

  itWithPostgres("also on PostgreSQL", () => {
    changeSources(String(server!.port));
    expect(onPostgres(["run", ...incremental(), ...changed])).toEqual({ status: 0, output: "" });
    expectEqual(full, String(server!.port));
  });

  itWithPostgres("also on Redshift", () => {
    changeSources(redshift!.warehouse);
    expect(onRedshift([["run", "--quiet", ...incremental(), ...changed]])).toEqual([{ status: 0, output: "" }]);
    expectEqual(full, redshift!.warehouse);
  });
});

/** Runs dbt on the PostgreSQL server. */
function onPostgres(args: readonly string[]): DbtRun {
  const places = ["--target", "postgres", "--target-path", join(folder.path, "postgres")];
  return folder.run([...args, "--quiet", ...places], server!.env);
}

function redshiftPlaces(): string[] {
  return ["--target", "redshift", "--target-path", join(folder.path, "redshift")];
}

/** Runs dbt commands on the stand-in for Redshift, with users and roles to grant to. */
function onRedshift(commands: readonly (readonly string[])[], env: Readonly<Record<string, string>> = {}): DbtRun[] {
  const grants = { DBT_MARKETING_ROLES: "analyst,role:marketing_readers", DBT_PII_ROLES: "people_team" };
  return folder.runAll(
    commands.map((args) => [...args, ...redshiftPlaces()]),
    { ...redshift!.env, ...grants, ...env },
  );
}

/** The rows of a query in the database behind the stand-in. */
function rowsOf(query: string): unknown {
  const program =
    "import json, sys; sys.path.insert(0, '__tests__/dbt'); from warehouse import connection; " +
    "cursor = connection(sys.argv[1]).cursor(); cursor.execute(sys.argv[2]); print(json.dumps(cursor.fetchall()))";
  const { stdout, stderr } = python("-c", program, redshift!.warehouse, query);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** Runs a statement through Redshift's driver, in a transaction with a table public.numbers that is rolled back. */
function throughProxy(sql: string): PythonRun {
  const program = `
import sys, redshift_connector
connection = redshift_connector.connect(
    host="127.0.0.1", port=int(sys.argv[1]), database=sys.argv[2], user="postgres", password="", ssl=False
)
cursor = connection.cursor()
cursor.execute("create schema if not exists public")
cursor.execute("create table public.numbers as (select 1 as a)")
try:
    cursor.execute(sys.argv[3])
except redshift_connector.Error as error:
    # In a transaction that has failed, even this fails.
    try:
        cursor.execute("select 1")
    except redshift_connector.Error as second:
        assert "current transaction is aborted" in str(second), second
        sys.exit(str(error))
    sys.exit("the transaction went on")
`;
  return python("-c", program, redshift!.env["REDSHIFT_PORT"]!, redshift!.env["REDSHIFT_DATABASE"]!, sql);
}

/** Expects the same rows in every table and view of two warehouses, each a DuckDB file or the port of PostgreSQL. */
function expectEqual(first: string, second: string): void {
  const { status, stdout, stderr } = python("__tests__/dbt/compare_warehouses.py", first, second);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^\d+ relations, 0 differences\n$/);
  expect(status).toBe(0);
}

/** A DuckDB catalog is called like its file, and views know its name: the files trade places, and keep their names. */
function swap(file: string, other: string): void {
  renameSync(file, `${file}.swapped`);
  renameSync(other, file);
  renameSync(`${file}.swapped`, other);
}

function changeSources(warehouse: string): void {
  expect(python("__tests__/dbt/change_sources.py", warehouse)).toEqual({ status: 0, stdout: "", stderr: "" });
}

/** What the history tables say: for each day, how many rows there are, and a digest of them. */
function history(): unknown {
  const query = ["attribution_drift_history", "customer_segment_changes"]
    .map(
      (table) =>
        `select run_date::text, count(*), md5(string_agg(it::text, '' order by it::text)) from marketing.${table} as it group by 1`,
    )
    .join(" union all ");
  const program =
    "import duckdb, json, sys; print(json.dumps(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))";
  const { stdout, stderr } = python("-c", program, folder.warehouse, query);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}
