import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DOCS, PAGES } from "../../../../src/job-manager/pages/pages";
import { shippedEnvironments } from "../../../support/synthesis";

it.each(Object.keys(PAGES))("docs/%s is what npm run docs:generate writes", (name) => {
  const page = readFileSync(join(DOCS, name), "utf8");
  expect(page).toBe(PAGES[name]!());
  expect(page.split("\n")[0]).toMatch(/^<!-- Generated from .* by: npm run docs:/);
});

it("the page of the jobs has every job of every env file", () => {
  const rows = PAGES["jobs.md"]!().match(/^\| `/gm);
  const jobs = shippedEnvironments().flatMap((environment) => Object.keys(environment.jobs));
  expect(rows).toHaveLength(jobs.length);
});

it("the pages depend on no folder of this machine", () => {
  for (const page of Object.values(PAGES)) expect(page()).not.toContain(process.cwd());
});
