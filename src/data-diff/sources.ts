import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { DataDiffError } from "./data-diff-error";
import { optionalSourcesWith } from "./optional-sources";
import { programBeside } from "./program-beside";
import { readJson } from "./read-json";

/** The source tables of both builds. */
export interface Sources {
  /** A name of these tables; empty for the sample data. */
  readonly key: string;
  /** A DuckDB file with nothing but the source tables; undefined for the sample data, which dbt loads. */
  readonly warehouse: string | undefined;
  /** The environment variables that tell dbt which optional sources exist. */
  readonly env: Readonly<Record<string, string>>;
}

const SAMPLE_DATA: Sources = { key: "", warehouse: undefined, env: {} };
const SCHEMA = "dbt_production";
const COPY_SOURCES = programBeside("copy_sources.py");

interface SourcesRequest {
  readonly root: string;
  /** The folder for the copy. */
  readonly folder: string;
  /** A DuckDB file with tables in the schema `dbt_production`; undefined for the sample data. */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Copies the source tables of a DuckDB file, so that builds neither change the file nor see its other tables. The copy is kept until
 * the file changes.
 *
 * @throws DataDiffError when there is no such file, or it has no source tables
 */
export function sourcesOf({ root, folder, file, env }: SourcesRequest): Sources {
  if (file === undefined) return SAMPLE_DATA;
  const path = resolve(file);
  if (!existsSync(path)) throw new DataDiffError(`--sources names a file that does not exist: ${file}`);
  const { size, mtimeMs } = statSync(path);
  const key = createHash("sha256").update([path, size, mtimeMs].join("\n")).digest("hex").slice(0, 8);
  const warehouse = join(folder, `sources-${key}.duckdb`);
  const list = join(folder, `sources-${key}.json`);
  if (!existsSync(list)) {
    mkdirSync(folder, { recursive: true });
    rmSync(warehouse, { force: true });
    const python = join(root, ".venv", "bin", "python");
    const { status, stdout, stderr } = spawnSync(python, ["-B", COPY_SOURCES, path, warehouse, SCHEMA], {
      encoding: "utf8",
      env,
    });
    if (status !== 0) throw new DataDiffError(`the sources of ${file} cannot be copied\n${stderr.trim()}`);
    if (tablesSchema.parse(JSON.parse(stdout)).length === 0) {
      throw new DataDiffError(
        `${file} has no table in the schema ${SCHEMA}; docs/warehouse.md lists the source tables`,
      );
    }
    writeFileSync(list, stdout);
  }
  const optional = env["DBT_OPTIONAL_SOURCES"] ?? optionalSourcesWith(readJson(list, tablesSchema));
  return { key, warehouse, env: { DBT_OPTIONAL_SOURCES: optional } };
}

/** The names of the tables in the sources, as copy_sources.py prints them. */
const tablesSchema = z.array(z.string());
