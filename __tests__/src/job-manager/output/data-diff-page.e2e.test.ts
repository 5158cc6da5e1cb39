import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { dataDiffPage } from "../../../../src/job-manager/output/data-diff-page";
import { envFolder } from "../../../support/env-folder";
import { itIf } from "../../../support/requirement";

const BROWSER = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const itInBrowser = itIf(BROWSER === undefined ? "Chromium is not installed" : undefined);
const LONG = "a_name_without_spaces_".repeat(6);

describe("the page of a data diff", () => {
  itInBrowser(
    "is read without scrolling sideways on a phone, is dark if the system is, and requests nothing",
    async () => {
      const columns = [
        { name: LONG, changed: 3, largest: 1e9, mean: -1e6, examples: [{ key: [LONG], before: 1, after: LONG }] },
      ];
      const page = dataDiffPage(
        {
          base: "0123456789abcdef",
          built: [LONG],
          unchanged: 1,
          kpis: [{ label: "Revenue", unit: "dollars", before: 1, after: 2 }],
          contracts: [],
          tests: { added: [LONG], removed: [] },
          failures: [],
          readers: { [LONG]: [LONG] },
          jobs: { value: new Map([[LONG, { built_by: ["production/core"], read_by: [] }]]) },
          marts: [
            {
              status: "compared",
              name: LONG,
              by_key: true,
              rows: { base: 3, head: 3, added: 0, lost: 0, changed: 3 },
              schema: { added: [], removed: [], retyped: [] },
              columns,
            },
          ],
        },
        new Date(),
      );
      const file = join(envFolder({}), "diff.html");
      writeFileSync(file, page);
      const browser = await chromium.launch({ executablePath: BROWSER });
      try {
        const context = await browser.newContext({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
        const tab = await context.newPage();
        const requests: string[] = [];
        tab.on("request", (request) => requests.push(request.url()));
        await tab.goto(pathToFileURL(file).href);
        const seen = await tab.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          text: getComputedStyle(document.body).color,
          columns: document.querySelectorAll("tbody tr").length,
        }));
        expect(seen).toEqual({ width: 390, text: "rgb(255, 255, 255)", columns: 1 });
        expect(requests).toEqual([pathToFileURL(file).href]);
      } finally {
        await browser.close();
      }
    },
  );
});
