import { inShort, pathText } from "../../../src/env-files/finding";
import type { KeyPath } from "../../../src/env-files/yaml-source";

describe("a value in short", () => {
  it.each<[unknown, string | undefined]>([
    ["every day", '"every day"'],
    [-4, "-4"],
    [Number.NaN, "NaN"],
    [Infinity, "Infinity"],
    [true, "true"],
    [null, "null"],
    [undefined, undefined],
    [{ at: ["05:00"], cron: "x" }, '{"at":["05:00"],"cron":"x"}'],
    ["https://user:pass@host/x", '"https://***@host/x"'],
    ["dbtc_abcdefghijkl", '"***"'],
  ])("of %p is %p", (value, expected) => {
    expect(inShort(value)).toBe(expected);
  });

  it("has at most 80 characters", () => {
    expect(inShort("x".repeat(78))).toBe(`"${"x".repeat(78)}"`);
    expect(inShort("x".repeat(79))).toBe(`"${"x".repeat(78)}…`);
    expect(inShort("x".repeat(79))).toHaveLength(80);
  });

  it("hides the values of environment variables and extended attributes, at any depth", () => {
    const value = [
      { environment_variables: { DBT_X: "private" }, jobs: { a: { environment_variables: ["private"] } } },
      { DBT_Y: "private", extended_attributes: "private" },
    ];
    expect(inShort(value[0])).toBe('{"environment_variables":"***","jobs":{"a":{"environment_variables":"***"}}}');
    expect(inShort(value[1])).toBe('{"DBT_Y":"***","extended_attributes":"***"}');
  });
});

describe("a path", () => {
  it.each<[KeyPath, string]>([
    [[], ""],
    [["name"], "name"],
    [["jobs", "attribution", "execute_steps", 0], "jobs.attribution.execute_steps[0]"],
    [["notifications", 1, "on", 0], "notifications[1].on[0]"],
    [[0, "name"], "[0].name"],
  ])("of %j is %p", (path, text) => {
    expect(pathText(path)).toBe(text);
  });
});
