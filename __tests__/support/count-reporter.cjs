const { mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

/** Leaves the counts of a run in test-results/jest.json, where `.ci/run` adds up all suites. */
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
