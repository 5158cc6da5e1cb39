import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
const ENVIRONMENTS = join(ROOT, "environments");
const MODELS = join(ROOT, "packages", "local-dbt-cloud", "fixture", "models");

function texts(folder: string, end: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith(end));
  return files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
}

/** The first groups of all matches, each once. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))].sort();
}

it("the fixture project has exactly the tags that the jobs of the env files select", () => {
  const wanted = found(texts(ENVIRONMENTS, ".yaml"), /tag:(\w+)/g);
  expect(wanted).toHaveLength(17);
  expect(found(texts(MODELS, ".yml"), /tags: \[(\w+)\]/g)).toEqual(wanted);
});
