import { copyFileSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, PROJECT, type DbtRun } from "./dbt";
import { missingPostgres, PostgresServer } from "./postgres";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const itWithPostgres = itIf(missingDbt ?? missingPostgres);
const folder = new DbtFolder();
const withoutTests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"];
let built: DbtRun;
let server: PostgresServer | undefined;

beforeAll(() => {
  if (missingDbt === undefined) built = folder.run(["build"]);
});
afterAll(() => {
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
});

/** Runs dbt on the PostgreSQL server. */
function onPostgres(args: readonly string[]): DbtRun {
  const places = ["--target", "postgres", "--target-path", join(folder.path, "postgres")];
  return folder.run([...args, "--quiet", ...places], server!.env);
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
