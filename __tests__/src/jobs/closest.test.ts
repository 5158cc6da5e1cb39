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

  it("is undefined without known words", () => {
    expect(closest("build", [])).toBeUndefined();
  });

  it("accepts a difference of about a third of the letters, and of at least one", () => {
    expect(closest("abcdef", ["abcdxy"])).toBe("abcdxy");
    expect(closest("abcdef", ["abcxyz"])).toBeUndefined();
    expect(closest("a", ["b"])).toBe("b");
    expect(closest("ab", ["xy"])).toBeUndefined();
  });
});
