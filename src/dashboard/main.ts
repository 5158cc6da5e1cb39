import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { argumentsOf, USAGE, type Arguments } from "./arguments";
import { missingTables, page } from "./page";
import { readWarehouse } from "./warehouse";

const ROOT = join(__dirname, "..", "..");
const PROJECT = join(ROOT, "dbt");
const DBT = join(ROOT, ".venv", "bin", "dbt");
/** npm starts programs in the repository's root. INIT_CWD is the folder in which npm was started. */
const FOLDER = process.env["INIT_CWD"] ?? process.cwd();

process.exitCode = main(process.argv.slice(2));

/** Writes the page and prints its path. Exit codes: 1 if there is no warehouse to show, 64 for wrong usage. */
function main(args: readonly string[]): number {
  let asked: Arguments;
  try {
    asked = argumentsOf(args, FOLDER);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 64;
  }
  try {
    console.log(asked.help ? USAGE : write(asked));
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

function write({ output, target, dbtOptions }: Arguments): string {
  const started = performance.now();
  const duckdb = resolve(FOLDER, process.env["MARKETING_DUCKDB_PATH"] ?? join(PROJECT, "warehouse.duckdb"));
  if (!existsSync(DBT)) throw new Error("dbt is not in .venv\n  fix: npm run python:setup");
  const isDuckdb = (target ?? process.env["DBT_TARGET"] ?? "duckdb") === "duckdb";
  // Without this check, dbt would create an empty file.
  if (isDuckdb && !dbtOptions.includes("--profiles-dir") && !existsSync(duckdb)) {
    throw new Error(`there is no warehouse in ${duckdb}\n  fix: npm run warehouse`);
  }
  const env = { ...process.env, MARKETING_DUCKDB_PATH: duckdb };
  const warehouse = readWarehouse({ program: DBT, project: PROJECT, options: dbtOptions, env });
  const missing = missingTables(warehouse);
  if (missing.length > 0) {
    throw new Error(
      `the warehouse is not built: there is no ${missing.join(", ")}\n  fix: npm run warehouse, or dbt build`,
    );
  }
  writeFileSync(output, page(warehouse, new Date().toISOString()));
  const seconds = (performance.now() - started) / 1000;
  return `${output}  ${Math.round(statSync(output).size / 1000)} kB  ${seconds.toFixed(1)} s`;
}
