import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the logs and artifacts of all runs, below that of a local dbt Cloud. */
export function runsFolderIn(folder: string): string {
  return join(resolve(folder), "runs");
}

/** The files and folders of a run. */
export interface RunFolder {
  readonly path: string;
  /** The folder of profiles.yml. */
  readonly profile: string;
  /** dbt's target folder for all steps. */
  readonly target: string;
  /** dbt's own log, of one step at a time. */
  readonly dbtLogs: string;
  /** The project's files, if the run does not use the working tree. */
  readonly checkout: string;
  /** The manifest of the run that this run defers to. */
  readonly deferredState: string;
  /** The results of the run that this run retries. */
  readonly retriedState: string;
  log(step: number): string;
  debugLog(step: number): string;
  /** The files that dbt had written when a step ended. */
  artifacts(step: number): string;
}

/** The folder of one run below that of all runs. */
export function runFolder(runs: string, runId: number): RunFolder {
  const path = join(runs, String(runId));
  return {
    path,
    profile: join(path, "profile"),
    target: join(path, "target"),
    dbtLogs: join(path, "dbt-logs"),
    checkout: join(path, "checkout"),
    deferredState: join(path, "deferred-state"),
    retriedState: join(path, "retried-state"),
    log: (step) => join(path, "logs", `${step}.log`),
    debugLog: (step) => join(path, "logs", `${step}.debug.log`),
    artifacts: (step) => join(path, "artifacts", String(step)),
  };
}

/** A log's text. It is empty before the step writes. */
export function readLog(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** The paths of all files below a folder, with forward slashes. Links are not followed. */
export function filesBelow(folder: string | undefined, prefix = ""): string[] {
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`);
      return entry.isFile() ? [`${prefix}${entry.name}`] : [];
    });
}
