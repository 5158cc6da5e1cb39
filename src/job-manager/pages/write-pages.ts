import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOCS, PAGES } from "./pages";

/** `npm run docs:generate [-- PAGE...]`: writes the generated pages, or only those with these names. */
const wanted = process.argv.slice(2);
for (const [name, page] of Object.entries(PAGES)) {
  if (wanted.length === 0 || wanted.includes(name)) writeFileSync(join(DOCS, name), page());
}
