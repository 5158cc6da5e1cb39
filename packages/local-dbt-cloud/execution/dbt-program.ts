import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

/**
 * The dbt that runs a project: the one in `.venv` of the project's folder or of a folder above it, or else the first
 * one on PATH.
 *
 * @param path the value of PATH
 * @returns undefined when there is none
 */
export function findDbt(repo: string, path: string): string | undefined {
  const folders = ancestors(realpathSync(repo)).map((folder) => join(folder, ".venv", "bin"));
  return [...folders, ...foldersOf(path)].map((folder) => join(folder, "dbt")).find(isExecutable);
}

/**
 * The file of a program that the user names.
 *
 * @param program a path, or the name of a program on PATH
 * @param path the value of PATH
 * @throws Error when no executable file has this path or name
 */
export function programFile(program: string, path: string): string {
  const isPath = program.includes("/");
  const candidates = isPath ? [resolve(program)] : foldersOf(path).map((folder) => resolve(folder, program));
  const file = candidates.find(isExecutable);
  if (program !== "" && file !== undefined) return file;
  const problem = isPath ? "is not an executable file" : "is not a program on PATH";
  throw new Error(`--dbt: ${JSON.stringify(program)} ${problem}. Give the path of a program, or its name on PATH.`);
}

function foldersOf(path: string): string[] {
  return path.split(delimiter).filter((folder) => folder !== "");
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
