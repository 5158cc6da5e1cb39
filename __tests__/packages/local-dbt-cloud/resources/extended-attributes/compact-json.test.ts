import fc from "fast-check";
import { compactMember } from "../../../../../packages/local-dbt-cloud/resources/extended-attributes/compact-json";

describe("compactMember", () => {
  it("is what JSON.stringify says, wherever the key stands and however it is laid out", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.constantFrom(0, 2, "\t"),
        (a, wanted, z, indent) => {
          const json = JSON.stringify({ a, wanted, z: { wanted: z } }, null, indent);
          const expected = JSON.stringify(wanted);
          expect(JSON.parse(compactMember(json, "wanted")!)).toEqual(JSON.parse(expected));
          if (!/[<>&\u2028\u2029]/.test(expected)) expect(compactMember(json, "wanted")).toBe(expected);
        },
      ),
    );
  });

  it("is nothing for a key that is not there, and the last value for one that is there twice", () => {
    expect(compactMember('{"a":{"b":1}}', "b")).toBeUndefined();
    expect(compactMember("{}", "b")).toBeUndefined();
    expect(compactMember('{"\\u0062":1,"a":2,"b":[3]}', "b")).toBe("[3]");
  });
});
