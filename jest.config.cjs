const junitTitle = require("./__tests__/support/junit-title.cjs");

/** Tests that start other programs (our own, terraform, gitlab-ci-local) are named *.e2e.test.ts. The rest is `unit`. */
const project = {
  testEnvironment: "node",
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/dist/"],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/cdktf.out/",
    "<rootDir>/.gitlab-ci-local/",
    "<rootDir>/.npm/",
    "<rootDir>/.venv/",
  ],
};

module.exports = {
  // Most suites wait for other processes half of the time, so one suite for each processor keeps them busy.
  maxWorkers: "100%",
  testSequencer: "<rootDir>/__tests__/support/longest-first-sequencer.cjs",
  // The limit of `unit`. `e2e` has its own, in a setup file: jest ignores `testTimeout` in a project.
  testTimeout: 60_000,
  globalSetup: "<rootDir>/__tests__/support/run-folder.cjs",
  globalTeardown: "<rootDir>/__tests__/support/remove-run-folder.cjs",
  reporters: [
    "default",
    "<rootDir>/__tests__/support/count-reporter.cjs",
    "<rootDir>/__tests__/support/slowest-suites-reporter.cjs",
    // GitLab shows this report in the merge request.
    [
      "jest-junit",
      {
        outputDirectory: "test-results",
        outputName: "junit.xml",
        classNameTemplate: "{filepath}",
        titleTemplate: junitTitle,
        addFileAttribute: "true",
      },
    ],
  ],
  projects: [
    {
      ...project,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [...project.testPathIgnorePatterns, "\\.e2e\\.test\\.ts$"],
    },
    {
      ...project,
      displayName: "e2e",
      testMatch: ["<rootDir>/__tests__/**/*.e2e.test.ts"],
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/program-time-limit.cjs"],
    },
  ],
};
