import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");
const PYTHON = join(ROOT, ".venv", "bin", "python");
export const DBT = join(ROOT, ".venv", "bin", "dbt");

/** The resources that a process used. */
export interface Measurement {
  readonly seconds: number;
  /** The sum over all processors. Two processors need at least half of it. */
  readonly processor_seconds: number;
  readonly megabytes: number;
}

/** The result of a model or test in run_results.json. */
export interface NodeResult {
  readonly unique_id: string;
  readonly status: string;
  readonly execution_time: number;
}

/** The dbt project with its own DuckDB file, target and logs. */
export class DbtProject {
  readonly file: string;

  private constructor(
    readonly folder: string,
    private readonly optionalSources: string,
  ) {
    this.file = join(folder, "warehouse.duckdb");
  }

  /** Fills a new file with sample data, runs the measurement, and removes the file. */
  static with(orders: number, optionalSources: string, measure: (project: DbtProject) => void): void {
    const project = new DbtProject(mkdtempSync(join(tmpdir(), "bench-warehouse-")), optionalSources);
    try {
      const generate = [join(ROOT, "dbt", "sample-data", "generate.py"), "--duckdb", project.file];
      const optional = optionalSources === "" ? [] : ["--optional", optionalSources];
      const made = project.run([PYTHON, ...generate, "--orders", String(orders), ...optional]);
      console.log(`\n${count(orders)} orders, made in ${made.seconds.toFixed(1)} s`);
      measure(project);
    } finally {
      rmSync(project.folder, { recursive: true });
    }
  }

  /** Runs a program as a child process. */
  run(command: readonly string[]): Measurement {
    const { status, output } = spawnSync(PYTHON, [join(__dirname, "report_peak_memory.py"), ...command], {
      cwd: join(ROOT, "dbt"),
      env: {
        ...process.env,
        MARKETING_DUCKDB_PATH: this.file,
        DBT_TARGET_PATH: join(this.folder, "target"),
        DBT_LOG_PATH: join(this.folder, "logs"),
        DBT_OPTIONAL_SOURCES: this.optionalSources,
        // The customers of the sample data buy at random, so that no forecast of many of them is right.
        DBT_LTV_BIAS_ERROR_RATE: "1000000",
        DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
        PYTHONDONTWRITEBYTECODE: "1",
      },
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    if (status !== 0) throw new Error(`${command.join(" ")} ended with ${String(status)}`);
    return JSON.parse(String(output[3])) as Measurement;
  }

  /** Runs a program of this folder that writes a report. */
  report(program: string, ...args: readonly string[]): { readonly measured: Measurement; readonly report: unknown } {
    const file = join(this.folder, "report.json");
    const measured = this.run([PYTHON, join(__dirname, program), this.file, ...args, file]);
    return { measured, report: JSON.parse(readFileSync(file, "utf8")) };
  }

  /** The results of the last invocation of dbt. */
  results(): readonly NodeResult[] {
    const text = readFileSync(join(this.folder, "target", "run_results.json"), "utf8");
    return (JSON.parse(text) as { results: NodeResult[] }).results;
  }

  /** The median seconds of each model. Models run one after the other, without their upstream models. */
  modelSeconds(models: readonly string[], runs: number): ReadonlyMap<string, number> {
    const seconds = new Map<string, number[]>(models.map((model) => [model, []]));
    for (let i = 0; i < runs; i++) {
      this.run([DBT, "run", "--quiet", "--threads", "1", "--select", ...models]);
      for (const { unique_id, execution_time } of this.results()) {
        seconds.get(unique_id.split(".").at(-1)!)?.push(execution_time);
      }
    }
    return new Map([...seconds].map(([model, values]) => [model, middle(values)]));
  }
}

/** A measurement as text. */
export function figures({ seconds, processor_seconds, megabytes }: Measurement): string {
  return `${seconds.toFixed(1)} s (${processor_seconds.toFixed(1)} s of processors), ${count(Math.round(megabytes))} MB`;
}

/** A whole number with commas. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
