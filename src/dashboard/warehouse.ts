import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The result of a query of dbt/analyses/dashboard, or the tables that are missing for it. */
export interface QueryResult {
  readonly query: string;
  readonly missing: readonly string[];
  /** Values by column: numbers, booleans, null, and text for dates and texts. */
  readonly rows: readonly object[];
}

/** The results by query name. A query whose models are off has no result. */
export type Warehouse = ReadonlyMap<string, QueryResult>;

/** The settings of a dbt invocation. */
export interface Dbt {
  readonly program: string;
  readonly project: string;
  /** Such as `--target redshift`. */
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs all queries of the dashboard with one invocation of dbt, on any target. dbt writes the rows to its log file, because
 * other messages of dbt can appear on its standard output.
 *
 * @throws Error with dbt's output if dbt fails or writes no log file
 */
export function readWarehouse({ program, project, options, env }: Dbt): Warehouse {
  const logs = mkdtempSync(join(tmpdir(), "dashboard-"));
  try {
    const toFile = ["--log-path", logs, "--log-format-file", "json", "--log-level-file", "debug"];
    const { status, stdout, stderr, error } = spawnSync(
      program,
      ["--no-use-colors", ...toFile, "run-operation", "log_dashboard", ...options],
      // 0 means that dbt writes one log file of any size.
      { cwd: project, env: { ...env, DBT_LOG_FILE_MAX_BYTES: "0" }, encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    if (error) throw error;
    if (status !== 0) throw new Error(`dbt could not read the warehouse:\n${stdout}${stderr}`);
    const log = join(logs, "dbt.log");
    if (!existsSync(log))
      throw new Error(`${program} ended with 0, but wrote no ${log}; use a dbt that takes --log-path`);
    return resultsOf(readFileSync(log, "utf8"));
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}

/** The results in a log file of dbt, which has one JSON event in each line. */
export function resultsOf(log: string): Warehouse {
  const results = log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { readonly data?: { readonly msg?: string } }).data?.msg)
    .filter((message) => message?.startsWith('{"query": ') === true)
    .map((message) => JSON.parse(message!) as QueryResult);
  return new Map(results.map((result) => [result.query, result]));
}
