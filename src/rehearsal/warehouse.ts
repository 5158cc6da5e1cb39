import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { optionalSourcesWith } from "../data-diff/optional-sources";
import { ROOT } from "./programs";
import { layers, type Manifest, type RunResults } from "./warehouse-layers";

const PROJECT = join(ROOT, "dbt");
const PROGRAMS = join(ROOT, ".venv", "bin");
const SAMPLE_DATA_MARK = "sample data of marketing_analytics";

process.exitCode = main(process.argv.slice(2));

/**
 * Builds the warehouse with dbt on DuckDB and prints a summary of each layer. If the file has no sources, dbt loads the sample
 * data. If the file has sources, optional sources without a table are off.
 *
 * @param args further arguments of `dbt build`
 * @returns dbt's exit code
 */
function main(args: readonly string[]): number {
  if (!existsSync(join(PROGRAMS, "dbt"))) {
    console.error("dbt is not in .venv; npm run python:setup installs it");
    return 1;
  }
  // npm starts programs in the repository's root. INIT_CWD is the folder in which npm was started.
  const folder = process.env["INIT_CWD"] ?? process.cwd();
  const file = resolve(folder, process.env["MARKETING_DUCKDB_PATH"] ?? join(PROJECT, "warehouse.duckdb"));
  const target = resolve(PROJECT, process.env["DBT_TARGET_PATH"] ?? "target");
  rmSync(join(target, "run_results.json"), { force: true });
  const { status, error } = spawnSync(join(PROGRAMS, "dbt"), ["build", ...args], {
    cwd: PROJECT,
    stdio: "inherit",
    env: { ...process.env, MARKETING_DUCKDB_PATH: file, ...optionalSources(file) },
  });
  if (error) throw error;
  if (existsSync(join(target, "run_results.json"))) printLayers(target, file);
  return status ?? 1;
}

/** The optional sources of a file, if its data is not the sample data. */
function optionalSources(file: string): Readonly<Record<string, string>> {
  if (process.env["DBT_OPTIONAL_SOURCES"] !== undefined || !existsSync(file)) return {};
  const tables = rows(file, [
    `select table_name, comment from duckdb_tables() where schema_name = 'dbt_production'
     union all select view_name, comment from duckdb_views() where schema_name = 'dbt_production'`,
  ])[0] as [string, string | null][];
  if (tables.every(([, comment]) => comment === SAMPLE_DATA_MARK)) return {};
  return { DBT_OPTIONAL_SOURCES: optionalSourcesWith(tables.map(([table]) => table)) };
}

function printLayers(target: string, file: string): void {
  const manifest = json(target, "manifest.json") as Manifest;
  const results = json(target, "run_results.json") as RunResults;
  const isDuckdb = manifest.metadata.adapter_type === "duckdb";
  const table = layers(manifest, results, (relations) =>
    isDuckdb
      ? rows(
          file,
          relations.map((relation) => `select count(*) from ${relation}`),
        ).map(([row]) => Number(row![0]))
      : [],
  );
  console.log(`\n${"layer".padEnd(22)}  models   tests        rows  seconds`);
  for (const { layer, models, tests, rowCount, seconds } of table) {
    const cells = [
      String(models).padStart(7),
      String(tests).padStart(7),
      rowCount.toLocaleString("en").padStart(11),
      seconds.toFixed(1).padStart(8),
    ];
    console.log(`${layer.padEnd(22)} ${cells.join(" ")}`);
  }
  const counts = new Map<string, number>();
  for (const { status } of results.results) counts.set(status, (counts.get(status) ?? 0) + 1);
  console.log(
    `${[...counts].map(([status, count]) => `${count} ${status}`).join(", ")} in ${results.elapsed_time.toFixed(1)} s; ${file}`,
  );
}

/** The row count of each query. */
function rows(file: string, queries: readonly string[]): unknown[][][] {
  const { status, stdout, stderr } = spawnSync(
    join(PROGRAMS, "python"),
    [join(__dirname, "duckdb_rows.py"), file, ...queries],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown[][][];
}

function json(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}
