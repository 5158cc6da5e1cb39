import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JobDefinition } from "../../../../src/jobs/definition";
import { jobsPage } from "../../../../src/job-manager/pages/jobs-page";
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

it("the page of the jobs names the zone of a deadline that is not in UTC", () => {
  const [environment] = shippedEnvironments();
  const [key, job] = Object.entries(environment!.jobs)[0]!;
  const page = (sla: JobDefinition["sla"], timezone: string): string =>
    jobsPage([{ ...environment!, timezone, jobs: { [key]: { ...job, sla } } }]);
  const sla = { finish_by: "08:30", target: 99 };
  expect(page(sla, "UTC")).toContain("| by 08:30, 99 % |");
  expect(page(sla, "Asia/Tokyo")).toContain("| by 08:30 Asia/Tokyo, 99 % |");
  expect(page({ ...sla, timezone: "Europe/Berlin" }, "UTC")).toContain("| by 08:30 Europe/Berlin, 99 % |");
});

it("the pages depend on no folder of this machine", () => {
  for (const page of Object.values(PAGES)) expect(page()).not.toContain(process.cwd());
});
