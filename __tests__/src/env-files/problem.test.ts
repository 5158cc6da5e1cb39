import { ConfigurationError, formatProblems, inReadingOrder, type Problem } from "../../../src/env-files/problem";

const REFUSAL = { reason: "too small", allowed: "1 to 64", fix: "write 4" };
const problem = (values: Partial<Problem>): Problem => ({ file: "a.yaml", path: "", ...REFUSAL, ...values });

describe("the report of problems", () => {
  it("has place, path, value, allowed values and the fix", () => {
    expect(formatProblems([problem({ line: 3, column: 14, path: "jobs.a.threads", got: "-4" })])).toBe(
      [
        "a.yaml:3:14  jobs.a.threads: too small",
        "  got:     -4",
        "  allowed: 1 to 64",
        "  fix:     write 4",
        "",
        "1 problem in 1 file",
      ].join("\n"),
    );
  });

  it("omits a missing value, path or place", () => {
    expect(formatProblems([problem({ line: 1, column: 1 }), problem({ path: "TEAM_NAME", file: "environment" })])).toBe(
      [
        "a.yaml:1:1: too small",
        "  allowed: 1 to 64",
        "  fix:     write 4",
        "",
        "environment  TEAM_NAME: too small",
        "  allowed: 1 to 64",
        "  fix:     write 4",
        "",
        "2 problems in 1 file",
      ].join("\n"),
    );
  });

  it("names no file for problems of environment variables and options", () => {
    const problems = [problem({ path: "TEAM_NAME", file: "environment" }), problem({ file: "--local" })];
    expect(formatProblems(problems).split("\n").at(-1)).toBe("2 problems");
  });

  it("is the message of the error, which keeps the problems", () => {
    const problems = [problem({})];
    const error = new ConfigurationError(problems);
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toBe(formatProblems(problems));
    expect(error.problems).toBe(problems);
  });
});

describe("the order of problems", () => {
  it("is by file, line and column; a file as a whole comes first", () => {
    const places: [string, number?, number?][] = [
      ["b.yaml", 1, 1],
      ["a.yaml", 10, 1],
      ["a.yaml", 9, 20],
      ["a.yaml", 9, 3],
      ["a.yaml"],
    ];
    const problems = places.map(([file, line, column]) => problem({ file, line, column }));
    expect(inReadingOrder(problems)).toEqual([...problems].reverse());
  });

  it("keeps the order of problems at one place, and does not change the list", () => {
    const problems = ["x", "y", "z"].map((reason) => problem({ line: 1, column: 1, reason }));
    const copy = [...problems];
    expect(inReadingOrder(problems)).toEqual(copy);
    expect(problems).toEqual(copy);
  });
});
