const { existsSync } = require("node:fs");
const { join } = require("node:path");
const Sequencer = require("@jest/test-sequencer").default;

/** The longest suites, in the order of their start. Of two that share a build, the second starts late, so that it need not wait. */
const LONGEST = [
  "dbt/redshift/engine",
  "src/rehearsal/rehearsal",
  "dbt/touch-attribution",
  "dbt/troubleshooting",
  "dbt/gates",
  "dbt/as-of-date",
  "dbt/late-rows",
  "src/dashboard/dashboard",
  "dbt/postgres",
  "dbt/duckdb",
  "dbt/marts",
  "dbt/project",
].map((name) => join(__dirname, "..", `${name}.e2e.test.ts`));

/** Starts the longest suites first. Otherwise a fresh clone may start one last, while the other processors have no work. */
module.exports = class LongestFirstSequencer extends Sequencer {
  /** @throws Error when the list names a suite that does not exist */
  sort(tests) {
    const missing = LONGEST.filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(`${__filename} names files that do not exist: ${missing.join(", ")}`);
    const others = super.sort(tests);
    const longest = LONGEST.flatMap((longest) => others.filter(({ path }) => path === longest));
    return [...longest, ...others.filter((test) => !longest.includes(test))];
  }
};
