import { z } from "zod";
import { refuseRepeats, refusing, type Refusal } from "../../../src/jobs/refusal";

const REFUSAL: Refusal = { reason: "it is odd", allowed: "even numbers", fix: "add one" };
const even = z.number().check(refusing((n) => (n % 2 === 0 ? undefined : REFUSAL)));

describe("refusing", () => {
  it("accepts a valid value", () => {
    expect(even.parse(2)).toBe(2);
  });

  it("adds reason, allowed and fix to the issue", () => {
    expect(even.safeParse(3).error?.issues).toEqual([
      { code: "custom", path: [], message: "it is odd", params: REFUSAL },
    ]);
  });

  it("does not check a value of another type", () => {
    expect(even.safeParse("3").error?.issues.map(({ code }) => code)).toEqual(["invalid_type"]);
  });
});

describe("refuseRepeats", () => {
  it("accepts a list of different values", () => {
    expect([[], ["a"], ["a", "b"]].map(refuseRepeats)).toEqual([undefined, undefined, undefined]);
  });

  it("names the first repeated value", () => {
    expect(refuseRepeats(["a", "b", "c", "b", "a"])).toEqual({
      reason: '"b" is in the list twice',
      allowed: "each value once",
      fix: 'remove one "b"',
    });
  });
});
