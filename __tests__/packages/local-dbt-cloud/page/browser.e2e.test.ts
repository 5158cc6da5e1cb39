import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { localDbtCloud, V2 } from "../../../support/local-dbt-cloud";
import { itIf } from "../../../support/requirement";

const BROWSER = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const itInBrowser = itIf(BROWSER === undefined ? "Chromium is not installed" : undefined);

const job = {
  name: "marketing-team-attribution-production",
  project_id: 102,
  environment_id: 302,
  execute_steps: ["dbt build --select tag:staging tag:core tag:attribution"],
};

itInBrowser("a person sees jobs and runs, on a phone as well", async () => {
  const cloud = localDbtCloud();
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const created = await cloud.send("POST", `${V2}/jobs/`, job);
    await cloud.send("POST", `${V2}/jobs/${(created.body.data as { id: number }).id}/run/`, { cause: "By hand" });
    const url = await cloud.app.listen({ host: "127.0.0.1", port: 0 });
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) errors.push(`asked for ${request.url()}`);
    });

    await page.goto(url);
    expect(await page.textContent("h1")).toBe("Local dbt Cloud");
    expect(await page.locator("tbody tr").count()).toBe(2);
    const overflow = (): Promise<unknown> =>
      page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(await overflow()).toBe(0);
    await page.locator("a", { hasText: job.name }).first().click();
    expect(await page.textContent("h1")).toBe(job.name);
    expect(await overflow()).toBe(0);
    await page.locator("tbody a", { hasText: "1" }).first().click();
    expect(await page.textContent("h1")).toContain("Run 1 of marketing-team-attribution-production: Queued");
    await page.goto(`${url}/deploy/12345/projects/102/runs/1`);
    expect(page.url()).toBe(`${url}/runs/1/`);
    expect(errors.filter((error) => !error.includes("favicon"))).toEqual([]);
  } finally {
    await browser.close();
    await cloud.close();
  }
});
