import SlowestSuitesReporter from "./slowest-suites-reporter.cjs";

/** The output of the reporter after a number of test files, where the n-th took n seconds. */
function printedAfter(count: number): string {
  const testResults = Array.from({ length: count }, (_, index) => ({
    testFilePath: `/project/__tests__/${index + 1}.test.ts`,
    perfStats: { runtime: (index + 1) * 1000 },
  }));
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    new SlowestSuitesReporter({ rootDir: "/project" }).onRunComplete([], { testResults });
    return write.mock.calls.map(([text]) => text).join("");
  } finally {
    write.mockRestore();
  }
}

describe("the report of slow test files", () => {
  it("has the ten slowest, the slowest first", () => {
    expect(printedAfter(12)).toBe(
      `
Slowest 10 of 12 test files:
   12.0 s  __tests__/12.test.ts
   11.0 s  __tests__/11.test.ts
   10.0 s  __tests__/10.test.ts
    9.0 s  __tests__/9.test.ts
    8.0 s  __tests__/8.test.ts
    7.0 s  __tests__/7.test.ts
    6.0 s  __tests__/6.test.ts
    5.0 s  __tests__/5.test.ts
    4.0 s  __tests__/4.test.ts
    3.0 s  __tests__/3.test.ts
`,
    );
  });

  it("is omitted for a run of a few files", () => {
    expect(printedAfter(10)).toBe("");
  });
});
