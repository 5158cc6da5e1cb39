const { mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

/** Writes the counts of a run to test-results/jest.json. `.ci/run` adds up the counts of all suites. */
module.exports = class CountReporter {
  constructor(globalConfig) {
    this.folder = join(globalConfig.rootDir, "test-results");
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    const counts = {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests,
    };
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, "jest.json"), `${JSON.stringify(counts)}\n`);
  }
};
