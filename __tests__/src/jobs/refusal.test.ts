import { z } from "zod";
import { refuseRepeats, refusing, type Refusal } from "../../../src/jobs/refusal";

const REFUSAL: Refusal = { reason: "it is odd", allowed: "even numbers", fix: "add one" };
const even = z.number().check(refusing((n) => (n % 2 === 0 ? undefined : REFUSAL)));

describe("refusing", () => {
  it("lets a good value pass", () => {
    expect(even.parse(2)).toBe(2);
  });

  it("hands reason, allowed and fix on with the issue", () => {
    expect(even.safeParse(3).error?.issues).toEqual([
      { code: "custom", path: [], message: "it is odd", params: REFUSAL },
    ]);
  });

  it("does not judge a value of another type", () => {
    expect(even.safeParse("3").error?.issues.map(({ code }) => code)).toEqual(["invalid_type"]);
  });
});

describe("refuseRepeats", () => {
  it("lets a list of different values pass", () => {
    expect([[], ["a"], ["a", "b"]].map(refuseRepeats)).toEqual([undefined, undefined, undefined]);
  });

  it("names the first value that comes again", () => {
    expect(refuseRepeats(["a", "b", "c", "b", "a"])).toEqual({
      reason: '"b" is in the list twice',
      allowed: "each value once",
      fix: 'remove one "b"',
    });
  });
});
