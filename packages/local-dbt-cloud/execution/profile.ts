import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The name of the database of source rows in models. */
const SOURCES_DATABASE = "sources";

/** The connection of a run. */
export interface ProfileOptions {
  readonly targetName: string;
  readonly warehouse: string;
  readonly schema: string;
  readonly threads: number;
  /** The DuckDB file of source rows. */
  readonly sources: string | undefined;
  /** The warehouse of another environment, which the run defers to; its database has the file's name. */
  readonly deferredWarehouse: string | undefined;
}

/** Writes profiles.yml for the profile that dbt_project.yml names. */
export function writeProfile(folder: string, project: string, options: ProfileOptions): void {
  const { targetName, warehouse, schema, threads, sources, deferredWarehouse } = options;
  const attach = [
    ...(sources === undefined ? [] : [{ path: sources, alias: SOURCES_DATABASE, read_only: true }]),
    ...(deferredWarehouse === undefined ? [] : [{ path: deferredWarehouse, read_only: true }]),
  ];
  const output = {
    type: "duckdb",
    path: warehouse,
    schema,
    threads,
    attach,
  };
  mkdirSync(dirname(warehouse), { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // JSON is valid YAML, and quotes every value.
  const profile = { [profileName(project)]: { target: targetName, outputs: { [targetName]: output } } };
  writeFileSync(join(folder, "profiles.yml"), JSON.stringify(profile, null, 2), { mode: 0o600 });
}

function profileName(project: string): string {
  const text = readFileSync(join(project, "dbt_project.yml"), "utf8");
  const [, name] = /^profile:[ \t]*["']?([\w.-]+)/m.exec(text) ?? [];
  if (name === undefined) throw new Error("dbt_project.yml has no line `profile: NAME`");
  return name;
}
