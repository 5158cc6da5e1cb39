import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Problem } from "./problem";

/** An env file's text. */
export interface EnvironmentFile {
  /** The file name in errors, as the user would type it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /**
   * Whether the file is only in the same folder as a requested file. Jobs may refer to its environment, and its own
   * problems are not reported.
   *
   * @default false
   */
  readonly context?: boolean;
}

/**
 * Reads env files. A file that is named several times is read once.
 *
 * @param paths files, or folders of which every `.yaml` and `.yml` file is read in the order of names
 */
export function readEnvironmentFiles(paths: readonly string[]): { files: EnvironmentFile[]; problems: Problem[] } {
  const files: EnvironmentFile[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const read = (file: string, context: boolean): void => {
    try {
      const identity = realpathSync(file);
      if (seen.has(identity)) return;
      seen.add(identity);
      files.push({ file, bytes: readFileSync(file), context });
    } catch (error) {
      if (!context) problems.push(unreadable(file, error));
    }
  };
  const readFolder = (folder: string): void => {
    try {
      const found = envFilesIn(folder);
      if (found.length === 0) problems.push(emptyFolder(folder));
      for (const file of found) read(file, false);
    } catch (error) {
      problems.push(unreadable(folder, error));
    }
  };
  const single = paths.filter((path) => !isFolder(path));
  for (const path of paths) {
    if (isFolder(path)) readFolder(path);
    else read(path, false);
  }
  for (const file of single.flatMap(filesBeside)) read(file, true);
  return { files, problems };
}

/** Whether a path names an existing folder. A path that the system refuses, for example because it is too long, names none. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The env files in the folder of a file; none when the folder is not readable. */
function filesBeside(file: string): string[] {
  try {
    return envFilesIn(dirname(file));
  } catch {
    return [];
  }
}

/** Whether a file in a folder of env files is one of them. Editors and file systems create hidden files there. */
export function isEnvFile(file: string): boolean {
  return /\.ya?ml$/i.test(file) && !basename(file).startsWith(".");
}

function envFilesIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter(isEnvFile)
    .sort()
    .map((name) => join(folder, name));
}

const FIX = "check the path; the files of this project are in environments/";

function unreadable(file: string, error: unknown): Problem {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EISDIR: "it is a folder, not a file",
    EACCES: "you do not have the permission to read it",
    ENAMETOOLONG: "the path is longer than the system allows",
  };
  return {
    file,
    path: "",
    reason: reasons[code ?? ""] ?? `it cannot be read (${code ?? "unknown reason"})`,
    allowed: "an env file, or a folder with .yaml files",
    fix: FIX,
  };
}

function emptyFolder(file: string): Problem {
  return { file, path: "", reason: "the folder has no env file", allowed: "a folder with .yaml files", fix: FIX };
}
