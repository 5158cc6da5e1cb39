import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesBelow } from "../resources/runs/files";
import type { Mask } from "./secrets";

/** The folders of the SQL that dbt compiled. */
const SQL_FOLDERS = ["compiled", "run"];

/** Copies the files that dbt has written so far to the artifacts of a step. */
export function keepArtifacts(target: string, artifacts: string, mask: Mask): void {
  for (const name of filesBelow(target)) {
    const [top] = name.split("/");
    if (top !== name ? !SQL_FOLDERS.includes(top!) : !name.endsWith(".json")) continue;
    const copy = join(artifacts, mask(name));
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 });
    writeFileSync(copy, mask(readFileSync(join(target, name), "utf8")), { mode: 0o600 });
  }
}

/** Copies dbt's log to the debug log of a step. */
export function keepDebugLog(dbtLogs: string, file: string, mask: Mask): void {
  const log = join(dbtLogs, "dbt.log");
  if (existsSync(log)) writeFileSync(file, mask(readFileSync(log, "utf8")), { mode: 0o600 });
  rmSync(dbtLogs, { recursive: true, force: true });
}

/** Removes the results of the last step, so that they do not count for the next one. */
export function forgetResults(target: string, subcommand: string): void {
  if (subcommand !== "retry") rmSync(join(target, "run_results.json"), { force: true });
  if (subcommand.startsWith("source ")) rmSync(join(target, "sources.json"), { force: true });
}

/** Commands that process each node of their selection. */
const SELECTING = ["build", "clone", "compile", "run", "seed", "snapshot", "test"];

/**
 * Whether dbt had nothing to do. dbt reports success in that case.
 *
 * @param output the lines that dbt printed
 */
export function selectedNothing(subcommand: string, target: string, output: readonly string[]): boolean {
  if (["ls", "list"].includes(subcommand)) return output.some((line) => line.includes("No nodes selected!"));
  const file = subcommand.startsWith("source ") ? "sources.json" : "run_results.json";
  if (file === "run_results.json" && !SELECTING.includes(subcommand)) return false;
  const path = join(target, file);
  if (!existsSync(path)) return false;
  const { results } = JSON.parse(readFileSync(path, "utf8")) as { results: readonly { unique_id: string }[] };
  // The results include hooks of the project, with the type `operation`.
  return results.every(({ unique_id }) => unique_id.startsWith("operation."));
}
