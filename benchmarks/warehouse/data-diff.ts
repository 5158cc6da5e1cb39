import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataDiff } from "../../src/data-diff/data-diff";
import { DbtProject } from "./dbt-project";

const ROOT = join(__dirname, "..", "..");
const MODEL = "dbt/models/marts/marketing/products/product_performance.sql";
const REVENUE = "'products.total_revenue'";

/**
 * Times a data diff of one changed model in a clone of the last commit: on the sample data, and on a file with the given number of
 * orders. The first diff also builds the base; the second finds it.
 */
export function measureDataDiff(orders: number): void {
  timeDiffs("sample data");
  DbtProject.with(orders, "", ({ file }) => {
    timeDiffs(`${orders.toLocaleString("en")} orders`, file);
  });
}

function timeDiffs(title: string, sources?: string): void {
  const root = mkdtempSync(join(tmpdir(), "bench-data-diff-"));
  try {
    execFileSync("git", ["clone", "--quiet", "--local", ROOT, root]);
    symlinkSync(join(ROOT, ".venv"), join(root, ".venv"));
    const model = join(root, MODEL);
    const text = readFileSync(model, "utf8");
    if (!text.includes(REVENUE)) throw new Error(`${MODEL} does not contain ${REVENUE}`);
    for (const [i, when] of ["base not built yet", "base built before"].entries()) {
      writeFileSync(model, text.replace(REVENUE, `'${i + 2} * products.total_revenue'`));
      const start = performance.now();
      const { built, marts } = dataDiff({ root, base: "HEAD", sources, env: process.env, say: () => undefined });
      const seconds = (performance.now() - start) / 1000;
      console.log(`${title}, ${when}: ${seconds.toFixed(1)} s; ${built.length} built, ${marts.length} marts differ`);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
}
