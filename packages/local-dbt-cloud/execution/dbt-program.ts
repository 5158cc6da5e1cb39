import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * The dbt that runs a project: that of `.venv` beside the project or above it, else the first on the path.
 *
 * @param path the folders of programs, as in the variable PATH
 */
export function findDbt(repo: string, path: string): string | undefined {
  const folders = ancestors(realpathSync(repo)).map((folder) => join(folder, ".venv", "bin"));
  return [...folders, ...path.split(delimiter).filter((folder) => folder !== "")]
    .map((folder) => join(folder, "dbt"))
    .find(isExecutable);
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
