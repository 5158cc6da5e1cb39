const { relative } = require("node:path");

const SHOWN = 10;

/** Prints the test files that took longest, after jest's own summary. */
module.exports = class SlowestSuitesReporter {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    if (testResults.length <= SHOWN) return;
    const slowest = testResults
      .map(({ testFilePath, perfStats }) => ({ file: relative(this.rootDir, testFilePath), took: perfStats.runtime }))
      .sort((one, other) => other.took - one.took)
      .slice(0, SHOWN);
    const lines = slowest.map(({ file, took }) => `${(took / 1000).toFixed(1).padStart(7)} s  ${file}`);
    process.stderr.write(`\nSlowest ${SHOWN} of ${testResults.length} test files:\n${lines.join("\n")}\n`);
  }
};
