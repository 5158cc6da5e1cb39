import { existsSync } from "node:fs";
import { join } from "node:path";

/** The path of a Python program of this folder. It is beside the source of this file, also when this file is compiled into dist/. */
export function programBeside(name: string): string {
  return [join(__dirname, name), join(__dirname, "../../../src/data-diff", name)].find((file) => existsSync(file))!;
}
