/** Tests that start other programs (our own, terraform, gitlab-ci-local) are named *.e2e.test.ts; the rest is `unit`. */
const project = {
  testEnvironment: "node",
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/dist/"],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/cdktf.out/",
    "<rootDir>/.gitlab-ci-local/",
    "<rootDir>/.npm/",
  ],
};

module.exports = {
  // Most suites wait for other processes half of the time, so that all processors are worth their while.
  maxWorkers: "100%",
  // Other programs start slowly on a machine that has much to do.
  testTimeout: 60_000,
  reporters: ["default", "<rootDir>/__tests__/support/count-reporter.cjs"],
  projects: [
    {
      ...project,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [...project.testPathIgnorePatterns, "\\.e2e\\.test\\.ts$"],
    },
    { ...project, displayName: "e2e", testMatch: ["<rootDir>/__tests__/**/*.e2e.test.ts"] },
  ],
};
