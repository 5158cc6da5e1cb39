import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The repository's root. */
export const ROOT = join(__dirname, "..", "..");

/**
 * Clones the commit that is checked out. Files that git ignores and changes that are not committed stay behind; a line
 * says so if there are such changes.
 *
 * @param folder the folder to create
 */
export function cloneCheckout(folder: string): void {
  const changes = execFileSync("git", ["status", "--porcelain"], { cwd: ROOT, encoding: "utf8" });
  if (changes !== "") console.log("note: the clone does not contain your uncommitted changes");
  execFileSync("git", ["clone", "--quiet", ROOT, folder]);
}
