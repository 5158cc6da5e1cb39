import { parseArgs } from "node:util";
import { measureAttribution } from "./warehouse/attribution";
import { measureDataDiff } from "./warehouse/data-diff";
import { measureMarts } from "./warehouse/marts";

/**
 * Measures the dbt project on DuckDB: wall time and peak memory of `dbt build` at three sizes, each mart compared with
 * pandas code that makes the same rows, the attribution of a million journeys compared with other programs, and the time
 * of `dbt-job-manager diff-data`. The programs of a part run one after the other on the same file.
 */
const PARTS: Readonly<Record<string, () => void>> = {
  "10k": () => {
    measureMarts(10_000, 5);
  },
  "1m": () => {
    measureMarts(1_000_000, 3);
  },
  attribution: measureAttribution,
  "data-diff": () => {
    measureDataDiff(1_000_000);
  },
  "10m": () => {
    measureMarts(10_000_000, 1);
  },
};

process.exitCode = main();

function main(): number {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    console.error(`no part is called ${unknown.join(", ")}; allowed: ${Object.keys(PARTS).join(", ")}; none: all`);
    return 64;
  }
  for (const [name, measure] of Object.entries(PARTS)) {
    if (positionals.length === 0 || positionals.includes(name)) measure();
  }
  return 0;
}
