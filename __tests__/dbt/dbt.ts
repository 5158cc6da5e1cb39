import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runFolder } from "../support/shared-folder";

export const ROOT = join(__dirname, "../..");
/** The team's dbt project. */
export const PROJECT = join(ROOT, "dbt");
/** The program dbt of .venv. */
export const DBT = join(ROOT, ".venv", "bin", "dbt");
const PYTHON = join(ROOT, ".venv", "bin", "python");

/** The reason why dbt cannot run here, or undefined. */
export const missingDbt = existsSync(DBT) ? undefined : "dbt is not in .venv; npm run python:setup installs it";

/** The exit status and the output of dbt. */
export interface DbtRun {
  readonly status: number | null;
  readonly output: string;
}

/** What dbt keeps of a project that it has parsed. */
const PARSED_PROJECT = "partial_parse.msgpack";

/**
 * A suite's folder for what dbt writes, apart from the project's folder. The suites of a worker use the same folder one after
 * the other. It is empty at the start of a suite, except for the parsed project: dbt takes it over when the path of the warehouse
 * and the variables are the same, and needs a third of the time to start.
 */
export class DbtFolder {
  readonly path = join(runFolder(), `dbt-${process.env["JEST_WORKER_ID"]}`);
  readonly warehouse = join(this.path, "warehouse.duckdb");
  readonly target = join(this.path, "target");

  private static isInUse = false;

  /** @throws Error when the suite has another folder, which would be the same */
  constructor() {
    if (DbtFolder.isInUse) throw new Error("A suite has one DbtFolder; remove it before you make another.");
    DbtFolder.isInUse = true;
    mkdirSync(this.path, { recursive: true });
    this.empty();
  }

  /** Runs dbt on the team's project, by default on a DuckDB file of this folder. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): DbtRun {
    return this.start(DBT, ["--no-use-colors", ...args], env);
  }

  /** Runs several commands one after the other, also after a failure. This is faster than separate invocations. */
  runAll(commands: readonly (readonly string[])[], env: Readonly<Record<string, string>> = {}): DbtRun[] {
    const program = join(__dirname, "run_dbt.py");
    const all = JSON.stringify(commands.map((args) => ["--no-use-colors", ...args]));
    const { output } = this.start(PYTHON, [program, all], env);
    const runs = [...output.matchAll(/([\s\S]*?)\n--- exit code (\d+)\n/g)].map(([, text, status]) => ({
      status: Number(status),
      output: text!,
    }));
    if (runs.length !== commands.length)
      throw new Error(`${runs.length} of ${commands.length} commands ended: ${output}`);
    return runs;
  }

  /** Runs a Python program of the repository with the env vars of dbt. */
  runPython(args: readonly string[], env: Readonly<Record<string, string>> = {}): DbtRun {
    return this.start(PYTHON, args, env);
  }

  private start(program: string, args: readonly string[], env: Readonly<Record<string, string>>): DbtRun {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: PROJECT,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...this.env, ...env },
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** The environment variables that keep what dbt writes in this folder. */
  get env(): Readonly<Record<string, string>> {
    return {
      PYTHONDONTWRITEBYTECODE: "1",
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      DBT_TARGET_PATH: this.target,
      DBT_LOG_PATH: join(this.path, "logs"),
      MARKETING_DUCKDB_PATH: this.warehouse,
    };
  }

  /** A file that dbt wrote, as JSON. */
  json(name: string): unknown {
    return JSON.parse(readFileSync(join(this.target, name), "utf8"));
  }

  /** Removes what the suite has written. */
  remove(): void {
    this.empty();
    DbtFolder.isInUse = false;
  }

  private empty(): void {
    for (const name of readdirSync(this.path)) removeAllBut(PARSED_PROJECT, join(this.path, name));
  }
}

/** Removes a file, or a folder; a folder that has the file `kept` stays with this file. */
function removeAllBut(kept: string, path: string): void {
  if (!existsSync(join(path, kept))) {
    rmSync(path, { recursive: true, force: true });
    return;
  }
  for (const name of readdirSync(path)) if (name !== kept) rmSync(join(path, name), { recursive: true });
}

/** The fields of a manifest node that tests read. */
export interface ManifestNode {
  readonly unique_id: string;
  readonly name: string;
  readonly resource_type: string;
  readonly path: string;
  readonly original_file_path: string;
  readonly patch_path: string | null;
  readonly description: string;
  readonly raw_code: string;
  readonly tags: readonly string[];
  readonly columns: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly description: string;
        readonly config?: { readonly meta?: { readonly pii?: boolean } };
      }
    >
  >;
  readonly config: { readonly tags?: readonly string[]; readonly materialized?: string; readonly event_time?: string };
  readonly depends_on: { readonly nodes: readonly string[] };
  readonly attached_node?: string | null;
  readonly owner?: { readonly name: string; readonly email: string };
}

export interface Manifest {
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly sources: Readonly<Record<string, ManifestNode>>;
  readonly exposures: Readonly<Record<string, ManifestNode>>;
  readonly unit_tests: Readonly<Record<string, { readonly model: string }>>;
}
