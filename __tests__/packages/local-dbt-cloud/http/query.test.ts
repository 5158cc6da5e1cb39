import { flag, idIn, number, numbers, text, words, wordsIf } from "../../../../packages/local-dbt-cloud/http/query";

describe("a query", () => {
  it.each([
    ["a bare list", "a,b"],
    ["a list in brackets", "[a, b]"],
    ["a JSON list", '["a","b"]'],
    ["a JSON list in other quotation marks", "['a','b']"],
    ["the name repeated", ["a", "b"]],
    ["the name repeated, in brackets", ["[a]", '["b"]']],
  ])("holds words as %s", (_, value) => {
    expect(words({ include_related: value }, "include_related")).toEqual(["a", "b"]);
  });

  it("distinguishes a missing list from an empty one", () => {
    expect(wordsIf({}, "pk")).toBeUndefined();
    expect(wordsIf({ pk: "[]" }, "pk")).toEqual([]);
    expect(words({}, "pk")).toEqual([]);
    expect(numbers({}, "pk")).toBeUndefined();
    expect(numbers({ pk: "[1,2]" }, "pk")).toEqual([1, 2]);
  });

  it("uses the last of several values", () => {
    expect(text({ state: ["1", "all"] }, "state")).toBe("all");
  });

  it("has numbers and flags, or none", () => {
    expect(number({ limit: "10" }, "limit")).toBe(10);
    expect(number({ limit: "1e3" }, "limit")).toBeUndefined();
    expect(number({ limit: "" }, "limit")).toBeUndefined();
    expect(flag({ on: "True" }, "on")).toBe(true);
    expect(flag({ on: "1" }, "on")).toBe(true);
    expect(flag({ on: "false" }, "on")).toBe(false);
    expect(flag({}, "on")).toBeUndefined();
  });
});

describe("an id in a path", () => {
  it("is a number, or gets 404", () => {
    expect(idIn({ job: "7" }, "job")).toBe(7);
    for (const job of ["", "x", "-1", "1.5", "1".repeat(16)]) {
      expect(() => idIn({ job }, "job")).toThrow("The requested resource was not found");
    }
  });
});
