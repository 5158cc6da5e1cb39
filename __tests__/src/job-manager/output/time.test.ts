import { minute, utc } from "../../../../src/job-manager/output/time";

describe("a time of the API", () => {
  it.each([
    ["2026-01-05 04:30:59.123456+00:00", "2026-01-05 04:30"],
    ["2026-01-05T04:30:59Z", "2026-01-05 04:30"],
    ["2026-01-05T04:30:59.123456", "2026-01-05 04:30"],
    ["2026-01-05 04:30:59", "2026-01-05 04:30"],
    ["2026-01-05T06:30:00+02:00", "2026-01-05 04:30"],
    ["2026-01-05T06:30:00+0200", "2026-01-05 04:30"],
    [null, "–"],
    [undefined, "–"],
    ["", "–"],
    ["soon", "–"],
  ])("%p is shown to the minute in UTC: %p", (time, text) => {
    expect(minute(time)).toBe(text);
  });
});

it("a time is shown to the minute in UTC", () => {
  expect(utc(new Date(Date.UTC(2026, 6, 5, 4, 30, 59)))).toBe("2026-07-05 04:30");
});
