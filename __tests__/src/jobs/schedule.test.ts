import fc from "fast-check";
import { Cron } from "croner";
import {
  cronOf,
  firstFireTimes,
  minutesOfDay,
  nextFireTimes,
  scheduleSchema,
  timeOfDaySchema,
  type Schedule,
} from "../../../src/jobs/schedule";
import { refusalsOf } from "../../support/refusals";

const at = (text: string): Date => new Date(`${text}Z`);
const texts = (times: readonly Date[]): string[] => times.map((time) => time.toISOString().slice(0, 16));

describe("the cron of a schedule", () => {
  it.each<[Schedule, string]>([
    [{ at: ["05:00"] }, "0 5 * * *"],
    [{ at: ["00:00"] }, "0 0 * * *"],
    [{ at: ["23:59"] }, "59 23 * * *"],
    [{ at: ["06:00", "12:00", "18:00"] }, "0 6,12,18 * * *"],
    [{ at: ["18:30", "06:30"] }, "30 6,18 * * *"],
    [{ at: ["05:00"], days: ["monday", "friday"] }, "0 5 * * 1,5"],
    [{ at: ["05:00"], days: ["friday", "sunday", "monday"] }, "0 5 * * 0,1,5"],
    [{ every_hours: 1 }, "0 * * * *"],
    [{ every_hours: 6 }, "0 */6 * * *"],
    [{ every_hours: 12, days: ["saturday"] }, "0 */12 * * 6"],
    [{ cron: "30 6 * * 1-5" }, "30 6 * * 1-5"],
    [{ cron: "  0\t5   L * MON-FRI \n" }, "0 5 L * MON-FRI"],
  ])("%j is %p", (schedule, cron) => {
    expect(scheduleSchema.parse(schedule)).toEqual(schedule);
    expect(cronOf(schedule)).toBe(cron);
  });

  it("does not depend on the order of times and days", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(["04:15", "09:15", "17:15"], { minLength: 1 }),
        fc.shuffledSubarray(["sunday", "tuesday", "saturday"] as const, { minLength: 1 }),
        (times, days) => {
          expect(cronOf({ at: times, days })).toBe(cronOf({ at: [...times].sort(), days: [...days].sort() }));
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it("fires at the times of `at`, on its days and at no other time", () => {
    const schedule = { at: ["06:30", "18:30"], days: ["monday", "sunday"] } satisfies Schedule;
    expect(texts(nextFireTimes(schedule, at("2024-01-01T00:00"), 5))).toEqual([
      "2024-01-01T06:30",
      "2024-01-01T18:30",
      "2024-01-07T06:30",
      "2024-01-07T18:30",
      "2024-01-08T06:30",
    ]);
  });
});

describe("the next fire times", () => {
  it("are later than now", () => {
    expect(texts(nextFireTimes({ at: ["05:00"] }, at("2024-01-01T05:00"), 2))).toEqual([
      "2024-01-02T05:00",
      "2024-01-03T05:00",
    ]);
    expect(texts(nextFireTimes({ at: ["05:00"] }, at("2024-01-01T04:59:59"), 1))).toEqual(["2024-01-01T05:00"]);
  });

  it("are UTC, also on the days on which clocks are changed", () => {
    expect(texts(nextFireTimes({ at: ["02:30"] }, at("2024-03-30T03:00"), 2))).toEqual([
      "2024-03-31T02:30",
      "2024-04-01T02:30",
    ]);
    expect(texts(nextFireTimes({ every_hours: 1 }, at("2024-10-27T00:30"), 3))).toEqual([
      "2024-10-27T01:00",
      "2024-10-27T02:00",
      "2024-10-27T03:00",
    ]);
  });

  it("are correct at the end of months and in leap years", () => {
    expect(texts(nextFireTimes({ cron: "0 5 L * *" }, at("2024-01-31T06:00"), 3))).toEqual([
      "2024-02-29T05:00",
      "2024-03-31T05:00",
      "2024-04-30T05:00",
    ]);
    expect(texts(nextFireTimes({ cron: "0 5 29 2 *" }, at("2024-03-01T00:00"), 2))).toEqual([
      "2028-02-29T05:00",
      "2032-02-29T05:00",
    ]);
  });

  it("are on the day of the month or on the day of the week if a cron has both", () => {
    expect(texts(nextFireTimes({ cron: "0 5 13 * 5" }, at("2024-09-07T00:00"), 3))).toEqual([
      "2024-09-13T05:00",
      "2024-09-20T05:00",
      "2024-09-27T05:00",
    ]);
  });

  it("of the first runs of days are only on days with a run", () => {
    const days = ["2024-01-01", "2024-01-02", "2024-01-05"];
    const first = firstFireTimes({ at: ["18:00", "00:00"], days: ["monday", "friday"] }, days);
    expect([...first].map(([day, time]) => [day, time.toISOString().slice(0, 16)])).toEqual([
      ["2024-01-01", "2024-01-01T00:00"],
      ["2024-01-05", "2024-01-05T00:00"],
    ]);
  });
});

describe("a time of day", () => {
  it.each([
    ["00:00", 0],
    ["05:30", 330],
    ["23:59", 1439],
  ])("%p is %p minutes after midnight", (time, minutes) => {
    expect(timeOfDaySchema().parse(time)).toBe(time);
    expect(minutesOfDay(time)).toBe(minutes);
  });

  it.each(["25:00", "24:00", "5:00", "05:60", "05:00:00", "05.00", "0500", "", "05:00 ", "every day"])(
    "is not %p",
    (time) => {
      expect(refusalsOf(timeOfDaySchema(), time)).toEqual(['a time "HH:MM", from "00:00" to "23:59"']);
    },
  );
});

/** The finding about a cron expression, which is the third form of the union. */
function refusalsOfCron(cron: unknown): unknown[] {
  return refusalsOf(scheduleSchema.options[2], { cron });
}

const ALLOWED =
  "five cron fields: minute (0-59), hour (0-23), day of month (1-31 or L), month (1-12), day of week (0-6, 0 is Sunday)";

describe("a cron expression", () => {
  it.each([
    "* * * * *",
    "*/15 8-17 * * MON-FRI",
    "0 5 L * *",
    "0 5 L 2 *",
    "0 5 29 2 *",
    "0 0 31 1,3 *",
    "0 0 31 2 1",
    "0-59/7 0,12 1-15/2 jan-mar sun",
    "00 05 01 * 0",
  ])("may be %p", (cron) => {
    expect(refusalsOfCron(cron)).toEqual([]);
  });

  it.each([
    ["every day", 2],
    ["@daily", 1],
    ["@hourly", 1],
    ["0 0 5 * * *", 6],
    ["0 5 * *", 4],
    ["", 0],
    ["   ", 0],
  ])("has five fields, not those of %p", (cron, count) => {
    expect(refusalsOfCron(cron)).toEqual([
      {
        reason: `a cron expression has five fields, this one has ${count}`,
        allowed: ALLOWED,
        fix: 'write it as "minute hour day month weekday", for example "0 5 * * *" for 05:00 every day',
      },
    ]);
  });

  it.each([
    ["0 25 * * *", "there is no hour 25"],
    ["0 24 * * *", "there is no hour 24"],
    ["60 * * * *", "there is no minute 60"],
    ["0 5 0 * *", "there is no day of month 0"],
    ["0 5 32 * *", "there is no day of month 32"],
    ["0 5 * 0 *", "there is no month 0"],
    ["0 5 * 1-13 *", "there is no month 13"],
    ["0 5 * * 7", "there is no day of week 7"],
    ["0 5 * * 5-7", "there is no day of week 7"],
    ["0 5 LW * *", '"LW" is not a cron field'],
    ["0 5 L,15 * *", '"L,15" is not a cron field'],
    ["0 5 15W * *", '"15W" is not a cron field'],
    ["0 5 * * 1L", '"1L" is not a cron field'],
    ["0 5 * * 1#2", '"1#2" is not a cron field'],
    ["0 5 ? * *", '"?" is not a cron field'],
    ["0 5 * * monday", '"monday" is not a cron field'],
    ["five 5 * * *", '"five" is not a cron field'],
    ["0 5 * FOO *", "configuration entry 4 (FOO) contains illegal characters"],
    ["0 5-1 * * *", "From value is larger than to value: '5-1'"],
    ["*/0 * * * *", "Syntax error, illegal stepping: 0"],
    ["0 5 1,,2 * *", "configuration entry day () is empty, check for trailing spaces"],
    ["-5 * * * *", "Syntax error, illegal lower range (NaN)"],
  ])("is not %p: %s", (cron, reason) => {
    expect(refusalsOfCron(cron)).toEqual([
      {
        reason,
        allowed: ALLOWED,
        fix: 'use numbers within these ranges, for example "30 6 * * 1-5" for 06:30 on weekdays',
      },
    ]);
  });

  it.each(["0 0 31 2 *", "0 0 30 2 *", "0 0 30,31 2 *", "0 0 31 4 *", "0 0 31 4,6,9,11 *", "* * 31 2,4,6,9,11 *"])(
    "that never fires is refused: %p",
    (cron) => {
      expect(refusalsOfCron(cron)).toEqual([
        {
          reason: "it never fires, because no such date exists",
          allowed: ALLOWED,
          fix: 'choose a day that the month has; "L" is the last day of the month',
        },
      ]);
    },
  );

  it("that is accepted fires", () => {
    const field = (values: string[]) => fc.constantFrom("*", "*/2", ...values);
    const cron = fc
      .tuple(
        field(["0", "59", "1-5", "0,30"]),
        field(["0", "23", "8-17/3"]),
        field(["1", "28", "30", "31", "L"]),
        field(["2", "4,6", "FEB", "12"]),
        field(["0", "6", "MON-FRI"]),
      )
      .map((fields) => fields.join(" "));
    fc.assert(
      fc.property(cron, (text) => {
        const accepted = refusalsOfCron(text).length === 0;
        expect(nextRunsOrNone(text).length).toBe(accepted ? 1 : 0);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

/** The time of the check, with a margin for the deep search for a date that does not exist. */
function nextRunsOrNone(cron: string): Date[] {
  try {
    return new Cron(cron, { utcOffset: 0, mode: "5-part" }).nextRuns(1, at("2023-01-01T00:00"));
  } catch {
    return [];
  }
}

describe("a schedule with `at` or `every_hours`", () => {
  it("has times that share their minute", () => {
    expect(refusalsOf(scheduleSchema.options[0], { at: ["05:00", "06:30", "07:15"] })).toEqual([
      {
        reason: "the times of one job must have the same minute",
        allowed: "times that one cron expression can express",
        fix: 'give them the same minute, or make one job for each minute: at: ["05:00"] and at: ["06:30"] and at: ["07:15"]',
      },
    ]);
  });

  it("has a fix with the times that can stay together", () => {
    expect(refusalsOf(scheduleSchema.options[0], { at: ["05:00", "05:30", "06:30"] })).toMatchObject([
      { fix: 'give them the same minute, or make one job for each minute: at: ["05:00"] and at: ["05:30", "06:30"]' },
    ]);
  });

  it.each([
    [{ at: ["05:00", "05:00"] }, '"05:00" is in the list twice', 'remove one "05:00"'],
    [{ at: ["05:00"], days: ["monday", "friday", "monday"] }, '"monday" is in the list twice', 'remove one "monday"'],
  ])("names each value once: %j", (schedule, reason, fix) => {
    expect(refusalsOf(scheduleSchema.options[0], schedule)).toEqual([{ reason, allowed: "each value once", fix }]);
  });

  it.each([0, 5, 7, 24, -6, 1.5, "6"])("every_hours is not %p", (every_hours) => {
    expect(refusalsOf(scheduleSchema.options[1], { every_hours })).toEqual([
      "Invalid option: expected one of 1|2|3|4|6|8|12",
    ]);
  });

  it.each([
    [{ at: [] }, "Too small: expected array to have >=1 items"],
    [{ at: ["05:00"], days: [] }, "Too small: expected array to have >=1 items"],
    [{ cron: "0 5 * * *", days: ["monday"] }, 'Unrecognized key: "days"'],
  ])("is checked by its form: %j", (schedule, message) => {
    expect(refusalsOf(scheduleSchema, schedule)).toEqual([message]);
  });

  it.each([
    [{}],
    ["every day"],
    [{ at: ["05:00"], cron: "0 5 * * *" }],
    [{ at: ["05:00"], every_hours: 6 }],
    [{ schedul: true }],
    [null],
  ])("has one of the three forms, not %j", (schedule) => {
    expect(refusalsOf(scheduleSchema, schedule)).toEqual([
      'one of { at: ["HH:MM", …] }, { every_hours: N } (each with optional days) or { cron: "…" }',
    ]);
  });
});
