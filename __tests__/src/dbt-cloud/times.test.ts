import { timeOf } from "../../../src/dbt-cloud/times";

describe("a time of the API", () => {
  it("is read as UTC in any time zone of the machine", () => {
    expect(timeOf("2026-07-05 04:30:00")).toBe(Date.UTC(2026, 6, 5, 4, 30));
    expect(timeOf("2026-07-05 04:30:00+02:00")).toBe(Date.UTC(2026, 6, 5, 2, 30));
    expect(timeOf("never")).toBeUndefined();
  });
});
