import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { CommandError } from "./commands/command";
import { EXIT } from "./exit-codes";

/** The file in the root of a project. */
const PROJECT_FILE = "cdktf.json";

/** The env file of commands that get none. */
export function defaultConfig(): string {
  return join(projectFolder(), "environments", "dev.yaml");
}

/**
 * Checks that there is a project when a command needs its env files.
 *
 * @throws CommandError with the folders that were searched, when there is no project and no env file is named
 */
export function requireProject({ config }: { readonly config?: string }): void {
  if (config !== defaultConfig() || existsSync(join(projectFolder(), PROJECT_FILE))) return;
  throw new CommandError(
    EXIT.configuration,
    `there is no project here: ${process.cwd()} and the folders above it have no ${PROJECT_FILE}. ` +
      "Change to a folder of the project, or name the env file",
  );
}

/** The nearest folder with a cdktf.json, from the working directory upwards; the path is relative to the working directory. */
export function projectFolder(): string {
  let folder = process.cwd();
  while (!existsSync(join(folder, PROJECT_FILE)) && dirname(folder) !== folder) folder = dirname(folder);
  return existsSync(join(folder, PROJECT_FILE)) ? relative(process.cwd(), folder) : folder;
}

/** The path of an env file. A word without a file of that name means the project's env file with this name. */
export function configFile(text: string): string {
  if (!/^[\w-]+$/.test(text) || existsSync(text)) return text;
  return join(projectFolder(), "environments", `${text}.yaml`);
}
