import fc from "fast-check";
import { compactMember } from "../../../../../packages/local-dbt-cloud/resources/extended-attributes/compact-json";

describe("compactMember", () => {
  it("equals JSON.stringify, for a key at any place and in any layout", () => {
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

  it("is undefined for a missing key, and the last value of a repeated key", () => {
    expect(compactMember('{"a":{"b":1}}', "b")).toBeUndefined();
    expect(compactMember("{}", "b")).toBeUndefined();
    expect(compactMember('{"\\u0062":1,"a":2,"b":[3]}', "b")).toBe("[3]");
  });
});
