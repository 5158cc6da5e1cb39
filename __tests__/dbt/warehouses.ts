import { copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "../support/shared-folder";
import type { DbtFolder, DbtRun } from "./dbt";
import { python } from "./python";

/** The name is the same everywhere: it is the name of the DuckDB catalog, which views contain. */
const FILE = "warehouse.duckdb";
export const WITHOUT_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"];
/** The days whose rows changed_sources.sql changes. */
export const CHANGED_DAYS = ["--event-time-start", "2025-11-01", "--event-time-end", "2026-02-01"];

/**
 * Copies the warehouse of the shipped data to a suite's folder. One suite of a test run builds and tests it.
 *
 * @returns how `dbt build` ended
 */
export function copyShippedWarehouse(folder: DbtFolder): DbtRun {
  const shared = shippedBuild(folder);
  copyFileSync(join(shared, FILE), folder.warehouse);
  return JSON.parse(readFileSync(join(shared, "run.json"), "utf8")) as DbtRun;
}

/**
 * The warehouse of the shipped data and the target folder of its build, with the compiled models and tests. One suite of a test
 * run builds and tests it in its folder. Both are for reading only.
 */
export function shippedWarehouse(folder: DbtFolder): { readonly file: string; readonly target: string } {
  const shared = shippedBuild(folder);
  return { file: join(shared, FILE), target: join(shared, "target") };
}

function shippedBuild(folder: DbtFolder): string {
  return sharedFolder("shipped-warehouse", (path) => {
    const run = folder.run(["build"]);
    copyFileSync(folder.warehouse, join(path, FILE));
    for (const name of ["manifest.json", "semantic_manifest.json", "run"]) {
      cpSync(join(folder.target, name), join(path, "target", name), { recursive: true });
    }
    writeFileSync(join(path, "run.json"), JSON.stringify(run));
  });
}

/**
 * The warehouse after new, late, changed, repeated and deleted rows and a full refresh. One suite of a test run builds it in its
 * folder.
 *
 * @returns the DuckDB file, which is for reading only
 */
export function fullyRefreshedWarehouse(folder: DbtFolder): string {
  const shared = sharedFolder("fully-refreshed-warehouse", (path) => {
    copyShippedWarehouse(folder);
    changeSources(folder.warehouse);
    const { status, output } = folder.run(["run", "--quiet", "--full-refresh"]);
    if (status !== 0) throw new Error(output);
    copyFileSync(folder.warehouse, join(path, FILE));
  });
  return join(shared, FILE);
}

/** Copies the source tables of a DuckDB file to PostgreSQL: a port, or PORT/DATABASE. */
export function loadSources(file: string, warehouse: string): void {
  const loaded = python("__tests__/dbt/load_postgres.py", file, warehouse);
  expect(loaded).toMatchObject({ status: 0, stderr: "" });
}

/** Expects that a query, such as one of the documentation, returns rows from a DuckDB file. */
export function expectRows(file: string, name: string, query: string): void {
  const count = "import duckdb, sys; print(len(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()))";
  const { status, stdout, stderr } = python("-c", count, file, query);
  expect({ name, status, stderr, hasRows: Number(stdout) > 0 }).toEqual({ name, status: 0, stderr: "", hasRows: true });
}

/** Changes the sources of a warehouse: a DuckDB file, the port of PostgreSQL or PORT/DATABASE. */
export function changeSources(warehouse: string): void {
  expect(python("__tests__/dbt/change_sources.py", warehouse)).toEqual({ status: 0, stdout: "", stderr: "" });
}

/** The arguments of an incremental run. They are the same everywhere, because dbt parses the project again for other vars. */
export const INCREMENTAL = ["--vars", JSON.stringify({ incremental: true, microbatch_begin: "2023-01-01" })];

/** Expects the same rows in every table and view of two warehouses, each a DuckDB file, the port of PostgreSQL or PORT/DATABASE. */
export function expectEqual(first: string, second: string): void {
  const { status, stdout, stderr } = python("__tests__/dbt/compare_warehouses.py", first, second);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^\d+ relations, 0 differences\n$/);
  expect(status).toBe(0);
}
