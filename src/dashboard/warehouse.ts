import { spawnSync } from "node:child_process";

/** What a query of dbt/analyses/dashboard gave, or which tables it lacks. */
export interface QueryResult {
  readonly query: string;
  readonly missing: readonly string[];
  /** By column: numbers, truth values, null, and dates and texts as text. */
  readonly rows: readonly object[];
}

/** The results by the names of their queries; a query whose models are off has none. */
export type Warehouse = ReadonlyMap<string, QueryResult>;

/** How dbt is called. */
export interface Dbt {
  readonly program: string;
  readonly project: string;
  /** Such as `--target redshift`. */
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs all queries of the dashboard through dbt, in one invocation, on any target.
 *
 * @throws Error with what dbt said, when it fails
 */
export function readWarehouse({ program, project, options, env }: Dbt): Warehouse {
  const { status, stdout, stderr, error } = spawnSync(
    program,
    ["--quiet", "--no-use-colors", "run-operation", "print_dashboard", ...options],
    { cwd: project, env, encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`dbt could not read the warehouse:\n${stdout}${stderr}`);
  return resultsOf(stdout);
}

/** Takes the lines of results from all that dbt printed. */
export function resultsOf(output: string): Warehouse {
  const lines = output.split("\n").filter((line) => line.startsWith('{"query": '));
  return new Map(lines.map((line) => JSON.parse(line) as QueryResult).map((result) => [result.query, result]));
}
