import { join } from "node:path";
import { loadEnvironments } from "../../env-files/load";
import { jsonPage } from "../output/json-page";
import { cliPage } from "./cli-page";
import { envFilePage } from "./env-file-page";
import { jobsPage } from "./jobs-page";

const ROOT = join(__dirname, "../../..");

/** The folder of the documentation. */
export const DOCS = join(ROOT, "docs");

/** The generated pages of the documentation: what makes the text of each file. */
export const PAGES: Readonly<Record<string, () => string>> = {
  "cli.md": cliPage,
  "env-file-keys.md": envFilePage,
  "jobs.md": () => jobsPage(loadEnvironments([join(ROOT, "environments")], {})),
  "json.md": jsonPage,
};
