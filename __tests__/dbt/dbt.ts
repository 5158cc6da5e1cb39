import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** A program that runs dbt in a process that has loaded it, which saves most of the time that dbt needs to start. */
const CLIENT = join(__dirname, "dbt_client.py");

/** The folder of the server that runs dbt for all suites of a test run. It ends when the folder is removed. */
function serverFolder(): string {
  const folder = join(runFolder(), "dbt-server");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The exit status and the output of dbt. */
export interface DbtRun {
  readonly status: number | null;
  readonly output: string;
}

/**
 * A suite's folder for what dbt writes, apart from the project's folder. It is empty at the start. The suites of a worker use
 * the same folder one after the other.
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
    this.empty();
  }

  /** Runs dbt on the team's project, by default on a DuckDB file of this folder. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): DbtRun {
    return this.start(PYTHON, ["-SE", CLIENT, serverFolder(), "--no-use-colors", ...args], env);
  }

  /** A program that runs dbt like `run`, for code that starts dbt itself. */
  get program(): string {
    const file = join(this.path, "dbt");
    writeFileSync(file, `#!/bin/sh\nexec "${PYTHON}" -SE "${CLIENT}" "${serverFolder()}" "$@"\n`, { mode: 0o755 });
    return file;
  }

  /** Runs several commands one after the other, also after a failure. */
  runAll(commands: readonly (readonly string[])[], env: Readonly<Record<string, string>> = {}): DbtRun[] {
    return commands.map((args) => this.run(args, env));
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
      // No test reads the file, which takes dbt a tenth of its time.
      DBT_LOG_LEVEL_FILE: "none",
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
    rmSync(this.path, { recursive: true, force: true });
    mkdirSync(this.path, { recursive: true });
  }
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
