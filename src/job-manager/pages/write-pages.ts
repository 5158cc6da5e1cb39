import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOCS, PAGES } from "./pages";

for (const [name, page] of Object.entries(PAGES)) writeFileSync(join(DOCS, name), page());
