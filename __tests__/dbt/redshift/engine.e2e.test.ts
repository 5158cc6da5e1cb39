import { join } from "node:path";
import { readWarehouse } from "../../../src/dashboard/warehouse";
import { itIf } from "../../support/requirement";
import { DbtFolder, missingDbt, PROJECT, ROOT, type DbtRun } from "../dbt";
import { missingPostgres, PostgresServer } from "../postgres";
import { python, type PythonRun } from "../python";
import {
  CHANGED_DAYS,
  changeSources,
  copyShippedWarehouse,
  expectEqual,
  fullyRefreshedWarehouse,
  INCREMENTAL,
  loadSources,
  WITHOUT_TESTS,
} from "../warehouses";
import { RedshiftStandIn } from "./stand-in";

const itWithPostgres = itIf(missingDbt ?? missingPostgres);
const folder = new DbtFolder();
const GRANTS = { DBT_MARKETING_ROLES: "analyst,role:marketing_readers", DBT_PII_ROLES: "people_team" };
let server: PostgresServer | undefined;
let redshift: RedshiftStandIn | undefined;

afterAll(() => {
  redshift?.stop();
  server?.stop();
  folder.remove();
});

describe("on Redshift, through dbt-redshift and a PostgreSQL stand-in,", () => {
  itWithPostgres("everything is built and tested, and every row equals DuckDB's", async () => {
    expect(copyShippedWarehouse(folder)).toMatchObject({ status: 0 });
    server = await PostgresServer.start();
    redshift = await RedshiftStandIn.start(server);
    loadSources(folder.warehouse, redshift.warehouse);
    const [first] = onRedshift([["build"]]);
    expect(first!.status === 0 ? "" : first!.output.slice(-5000)).toBe("");
    expect(first!.output).toMatch(/Done\. PASS=\d+ WARN=\d+ ERROR=0 SKIP=0/);
    expectEqual(folder.warehouse, redshift.warehouse);
  });

  itWithPostgres("a second run, the documentation, vacuum and analyze work, and a branch's schema is dropped", () => {
    const runs = onRedshift([
      ["build", "--quiet", ...WITHOUT_TESTS],
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
    const note = ["--exclude", String.raw`it\'s`];
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
    const reader = (options: readonly string[]) =>
      readWarehouse({
        program: folder.program,
        project: PROJECT,
        options,
        env: { ...process.env, ...folder.env, ...redshift!.env, ...GRANTS },
      });
    const [ours, theirs] = [reader([]), reader(redshiftPlaces())];
    expect(theirs.size).toBeGreaterThan(5);
    expect([...theirs].map(([name, { missing, rows }]) => [name, missing, rows.length])).toEqual(
      [...ours].map(([name, { rows }]) => [name, [], rows.length]),
    );
    expect([...theirs].map(([, { rows }]) => rows.map((row) => Object.keys(row)))).toEqual(
      [...ours].map(([, { rows }]) => rows.map((row) => Object.keys(row))),
    );
  });

  itWithPostgres("a name of a customer in a late-binding view is found", () => {
    const test = ["test", "--select", "personal_names_stay_in_customers"];
    const planted = "marketing_prep.planted";
    const view = `create view ${planted} as select first_name from marketing_prep.stg_customers with no schema binding`;
    expect(statementOf(view)).toMatchObject({ status: 0, stderr: "" });
    const [found] = onRedshift([test]);
    expect(found!.output).toMatch(/FAIL 1 personal_names_stay_in_customers/);
    expect(statementOf(`drop view ${planted}`)).toMatchObject({ status: 0, stderr: "" });
    const [none] = onRedshift([test]);
    expect(none!.output).toMatch(/PASS personal_names_stay_in_customers/);
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

  itWithPostgres("a client that gets the connection of another one finds nothing that it left", () => {
    const left = withDriver(`
import json, time

def last_row(*statements):
    connection = connected()
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    row = cursor.fetchone()
    connection.close()
    return row

pid = "pg_backend_pid() as pid, current_setting('timezone') as timezone"
kept = ["create temporary table kept as (select 1 as a)", "set timezone = 'Asia/Tokyo'", "commit"]
before = last_row(*kept, "create table public.uncommitted as (select 1 as a)", f"select {pid}")
after = None
# The proxy gives a connection on as soon as it is clean.
while after is None or after[0] != before[0]:
    time.sleep(0.1)
    after = last_row(f"select {pid}, (select count(*) from pg_class where relname in ('kept', 'uncommitted'))")
print(json.dumps([before[1], *after[1:]]))
`);
    expect(left).toEqual({ status: 0, stdout: '["Asia/Tokyo", "UTC", 0]\n', stderr: "" });
  });

  itWithPostgres("an incremental run after changes of the sources makes every row of what a full refresh makes", () => {
    const full = fullyRefreshedWarehouse(folder);
    changeSources(redshift!.warehouse);
    expect(onRedshift([["run", "--quiet", ...INCREMENTAL, ...CHANGED_DAYS]])).toEqual([{ status: 0, output: "" }]);
    expectEqual(full, redshift!.warehouse);
  });
});

function redshiftPlaces(): string[] {
  return ["--target", "redshift", "--target-path", join(folder.path, "redshift")];
}

/** Runs dbt commands on the stand-in for Redshift, with users and roles to grant to. */
function onRedshift(commands: readonly (readonly string[])[], env: Readonly<Record<string, string>> = {}): DbtRun[] {
  return folder.runAll(
    commands.map((args) => [...args, ...redshiftPlaces()]),
    { ...redshift!.env, ...GRANTS, ...env },
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

/** Runs a Python program with the function `connected`, which opens a connection with Redshift's driver. */
function withDriver(program: string, ...args: readonly string[]): PythonRun {
  const driver = `
import sys, redshift_connector

def connected():
    host, port, database = "127.0.0.1", int(sys.argv[1]), sys.argv[2]
    return redshift_connector.connect(host=host, port=port, database=database, user="postgres", password="", ssl=False)
`;
  const { REDSHIFT_PORT: port, REDSHIFT_DATABASE: database } = redshift!.env;
  return python("-c", driver + program, port!, database!, ...args);
}

/** Runs a statement through Redshift's driver, and keeps its effect. */
function statementOf(sql: string): PythonRun {
  const program = `
connection = connected()
connection.autocommit = True
connection.cursor().execute(sys.argv[3])
`;
  return withDriver(program, sql);
}

/** Runs a statement through Redshift's driver, in a transaction with a table public.numbers that is rolled back. */
function throughProxy(sql: string): PythonRun {
  const program = `
cursor = connected().cursor()
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
  return withDriver(program, sql);
}
