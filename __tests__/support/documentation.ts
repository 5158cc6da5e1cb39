import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a page in docs/. */
export function documentation(name: string): string {
  return readFileSync(join(__dirname, "../../docs", name), "utf8");
}

/** The code blocks of a page in one language, in the order of the page. */
export function codeBlocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((block) => block[1] === language)
    .map((block) => block[2]!.trim());
}
