import { closest } from "../../../src/jobs/closest";

const COMMANDS = ["build", "run", "test", "seed", "snapshot"];

describe("closest", () => {
  it.each([
    ["biuld", "build"],
    ["buld", "build"],
    ["tset", undefined],
    ["tes", "test"],
    ["snapshoot", "snapshot"],
    ["build", "build"],
    ["serve", undefined],
    ["x", undefined],
    ["", undefined],
  ])("of %p is %p", (word, expected) => {
    expect(closest(word, COMMANDS)).toBe(expected);
  });

  it("is nothing where nothing is known", () => {
    expect(closest("build", [])).toBeUndefined();
  });

  it("lets about a third of the letters differ, and at least one", () => {
    expect(closest("abcdef", ["abcdxy"])).toBe("abcdxy");
    expect(closest("abcdef", ["abcxyz"])).toBeUndefined();
    expect(closest("a", ["b"])).toBe("b");
    expect(closest("ab", ["xy"])).toBeUndefined();
  });
});
