import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Wall time and peak memory of `dbt build`, models and tests, on DuckDB, and each mart beside plain pandas that makes the
 * same rows from tables already in memory. Both see the same file, one after the other.
 */
const ROOT = join(__dirname, "..");
const PYTHON = join(ROOT, ".venv", "bin", "python");
const DBT = join(ROOT, ".venv", "bin", "dbt");
const PROGRAMS = join(__dirname, "warehouse");
const SIZES: Readonly<Record<string, Size>> = {
  "10k": { orders: 10_000, runs: 5 },
  "1m": { orders: 1_000_000, runs: 3 },
  "10m": { orders: 10_000_000, runs: 1 },
};

interface Size {
  readonly orders: number;
  /** How often each mart is made; the median counts. */
  readonly runs: number;
}

interface Measurement {
  readonly seconds: number;
  /** Of all processors; half of it is the least that two need. */
  readonly processor_seconds: number;
  readonly megabytes: number;
}

interface NodeResult {
  readonly unique_id: string;
  readonly status: string;
  readonly execution_time: number;
}

interface PandasTimes {
  readonly load: number;
  readonly marts: Readonly<Record<string, { readonly rows: number; readonly compute: number; readonly store: number }>>;
}

process.exitCode = main();

function main(): number {
  const { values } = parseArgs({ options: { sizes: { type: "string", default: Object.keys(SIZES).join() } } });
  const names = values.sizes.split(",");
  const unknown = names.filter((name) => !(name in SIZES));
  if (unknown.length > 0) {
    console.error(`--sizes: got ${unknown.join(", ")}; allowed: ${Object.keys(SIZES).join(", ")}`);
    return 64;
  }
  for (const name of names) measure(SIZES[name]!);
  return 0;
}

function measure({ orders, runs }: Size): void {
  const folder = mkdtempSync(join(tmpdir(), "bench-warehouse-"));
  try {
    const file = join(folder, "warehouse.duckdb");
    const generate = join(ROOT, "dbt", "sample-data", "generate.py");
    const made = run(folder, [PYTHON, generate, "--duckdb", file, "--orders", String(orders)]);
    console.log(`\n${count(orders)} orders, made in ${made.seconds.toFixed(1)} s`);
    const built = run(folder, [DBT, "build", "--quiet"]);
    const results = nodeResults(folder);
    console.log(`dbt build  ${figures(built)}; ${kinds(results)}\nslowest    ${slowest(results)}`);
    const report = join(folder, "pandas.json");
    const pandas = run(folder, [PYTHON, join(PROGRAMS, "time_pandas.py"), file, String(runs), report]);
    const times = JSON.parse(readFileSync(report, "utf8")) as PandasTimes;
    console.log(`pandas     ${figures(pandas)}; ${times.load.toFixed(1)} s to load the sources`);
    printMarts(times, martSeconds(folder, Object.keys(times.marts), runs));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each mart's time in `dbt run`, one model after the other; the views below it are part of it. */
function martSeconds(folder: string, marts: readonly string[], runs: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number[]>(marts.map((mart) => [mart, []]));
  for (let i = 0; i < runs; i++) {
    run(folder, [DBT, "run", "--quiet", "--threads", "1", "--select", ...marts]);
    for (const { unique_id, execution_time } of nodeResults(folder)) {
      seconds.get(unique_id.split(".").at(-1)!)?.push(execution_time);
    }
  }
  return new Map([...seconds].map(([mart, values]) => [mart, middle(values)]));
}

/** Beside the SQL: pandas from frames to a frame, and pandas from tables to a table, which is what the SQL does. */
function printMarts({ load, marts }: PandasTimes, sql: ReadonlyMap<string, number>): void {
  console.log("mart                          rows    SQL s  pandas s   ratio  tables s   ratio");
  for (const [mart, { rows, compute, store }] of Object.entries(marts)) {
    const ours = sql.get(mart)!;
    const cells = [
      count(rows).padStart(10),
      ours.toFixed(2).padStart(8),
      ...[compute, load + compute + store].flatMap((theirs) => [
        theirs.toFixed(2).padStart(9),
        (theirs / ours).toFixed(1).padStart(7),
      ]),
    ];
    console.log(`${mart.padEnd(23)} ${cells.join(" ")}`);
  }
}

/** Runs a program in a process of its own on the folder's file. */
function run(folder: string, command: readonly string[]): Measurement {
  const { status, output } = spawnSync(PYTHON, [join(PROGRAMS, "report_peak_memory.py"), ...command], {
    cwd: join(ROOT, "dbt"),
    env: {
      ...process.env,
      MARKETING_DUCKDB_PATH: join(folder, "warehouse.duckdb"),
      DBT_TARGET_PATH: join(folder, "target"),
      DBT_LOG_PATH: join(folder, "logs"),
      DBT_OPTIONAL_SOURCES: "",
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${String(status)}`);
  return JSON.parse(String(output[3])) as Measurement;
}

function nodeResults(folder: string): NodeResult[] {
  const text = readFileSync(join(folder, "target", "run_results.json"), "utf8");
  return (JSON.parse(text) as { results: NodeResult[] }).results;
}

/** Numbers and seconds of models, data tests and unit tests; several run at a time, so the seconds add up to more. */
function kinds(results: readonly NodeResult[]): string {
  return ["model", "test", "unit_test"]
    .map((kind) => {
      const nodes = results.filter(({ unique_id }) => unique_id.startsWith(`${kind}.`));
      const seconds = nodes.reduce((sum, { execution_time }) => sum + execution_time, 0);
      return `${nodes.length} ${kind.replace("_", " ")}s ${seconds.toFixed(1)} s`;
    })
    .join(", ");
}

function slowest(results: readonly NodeResult[]): string {
  return [...results]
    .sort((a, b) => b.execution_time - a.execution_time)
    .slice(0, 5)
    .map(({ unique_id, execution_time }) => `${unique_id.split(".")[2]!} ${execution_time.toFixed(1)} s`)
    .join(", ");
}

function figures({ seconds, processor_seconds, megabytes }: Measurement): string {
  return `${seconds.toFixed(1)} s (${processor_seconds.toFixed(1)} s of processors), ${count(Math.round(megabytes))} MB`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
