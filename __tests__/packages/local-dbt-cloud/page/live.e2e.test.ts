import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { runFolder } from "../../../../packages/local-dbt-cloud/resources/runs/files";
import { TOKEN, V2 } from "../../../support/local-dbt-cloud";
import { FakeProject, localRuns, type LocalRuns } from "../../../support/local-runs";
import { itIf } from "../../../support/requirement";

const BROWSER = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const itInBrowser = itIf(BROWSER === undefined ? "Chromium is not installed" : undefined);
/** A folder for screenshots to look at. The test makes none without it. */
const SCREENSHOTS = process.env["PAGE_SCREENSHOTS"];

let project: FakeProject;
let cloud: LocalRuns;
let browser: Browser;
let page: Page;
let url: string;
let errors: string[];

async function look(name: string): Promise<void> {
  const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  expect(await page.evaluate(overflow)).toBe(0);
  if (SCREENSHOTS !== undefined) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
}

itInBrowser(
  "a person starts a run, follows its log, cancels it, and finds it in the week, on a phone in the dark",
  async () => {
    project = new FakeProject();
    cloud = localRuns(project.folder);
    browser = await chromium.launch({
      executablePath: BROWSER,
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
    try {
      const done = await cloud.addJob(["dbt build"], { name: "stage\u202e orders" });
      await cloud.trigger(done);
      await cloud.queue.idle();
      const condition = { job_id: done, project_id: 102, statuses: [10] };
      const job = await cloud.addJob(["dbt build hold"], { name: "slow job" });
      await cloud.send("POST", `${V2}/jobs/${job}/`, { job_completion_trigger_condition: { condition } });
      url = await cloud.app.listen({ host: "127.0.0.1", port: 0 });
      page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
      errors = [];
      page.on("pageerror", (error) => errors.push(error.message));

      await page.goto(`${url}/jobs/${job}/`);
      expect(await page.textContent("body")).toContain("stage\\u202e orders");
      await page.fill("input[name=token]", "wrong");
      await page.click("button");
      await page.waitForFunction("document.querySelector('output').textContent === 'Invalid token.'");
      expect(await cloud.list("")).toHaveLength(1);

      await page.fill("input[name=token]", TOKEN);
      await page.click("button");
      await page.waitForURL(`${url}/runs/2/`);
      const held = await project.nextHeld();
      await page.locator("pre[data-events]", { hasText: "ran build hold" }).waitFor();
      await look("run");

      await page.goto(`${url}/week/`);
      expect(await page.locator("a.run").allTextContents()).toEqual(["✓", "▶"]);
      expect(await page.textContent("body")).toContain("1 of 1 slot in use, 0 in the queue.");
      await look("week");

      await page.goto(`${url}/runs/2/`);
      await page.fill("input[name=token]", TOKEN);
      await page.click("button");
      await held.ended;
      await page.locator("h1", { hasText: "Cancelled" }).waitFor();

      const first = await cloud.trigger(job);
      const heldAgain = await project.nextHeld();
      const second = await cloud.trigger(await cloud.addJob(["dbt build"], { name: "other" }));
      await page.goto(`${url}/runs/${second}/`);
      expect(await page.textContent("h1")).toContain("Queued");
      heldAgain.release();
      await page.locator("h1", { hasText: "Success" }).waitFor();
      expect([first, second]).toEqual([3, 4]);

      await page.goto(`${url}/jobs/${done}/`);
      expect(await page.locator("svg rect").count()).toBe(1);
      await look("job");
      const artifacts = runFolder(cloud.world.runsFolder!, 1).artifacts(4);
      writeFileSync(join(artifacts, "compiled", `${"not_null_stg_orders_".repeat(8)}.sql`), "select 1");
      await page.goto(`${url}/runs/1/`);
      await page.click("summary");
      expect(await page.locator("details a").count()).toBe(2);
      await look("artifacts");
      await page.locator("a", { hasText: "run_results.json" }).click();
      expect(await page.textContent("body")).toContain("model.a");

      await page.goto(url);
      await page.fill("input[name=q]", "SLOW");
      await page.click("button");
      expect(await page.locator("tbody tr").count()).toBe(3);
      await look("search");
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      await cloud.close();
      project.close();
    }
  },
);
