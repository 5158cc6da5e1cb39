import fc from "fast-check";
import { dataDeadlines, deadlines, type Due } from "../../../src/jobs/deadlines";
import { jobSchema, type JobDefinition } from "../../../src/jobs/definition";
import { jobData } from "../../support/env-file";

const job = (more: Readonly<Record<string, unknown>>): JobDefinition => jobSchema.parse(jobData(more));
const DAILY = { schedule: { at: ["05:00"] }, sla: { finish_by: "06:00" } };

function times(jobs: Readonly<Record<string, Due>>, from: string, to: string, timezone = "UTC"): string[] {
  return deadlines("a", jobs, timezone, new Date(from), new Date(to)).map(({ at }) => at.toISOString().slice(0, 16));
}

describe("the deadlines of a job", () => {
  it("include both ends of the period", () => {
    expect(times({ a: job(DAILY) }, "2026-01-05T06:00Z", "2026-01-06T06:00Z")).toEqual([
      "2026-01-05T06:00",
      "2026-01-06T06:00",
    ]);
  });

  it("follow the clocks of the time zone, and the schedule stays in UTC", () => {
    const jobs = { a: job({ ...DAILY, sla: { finish_by: "08:30", timezone: "Europe/Berlin" } }) };
    expect(times(jobs, "2026-03-28T00:00Z", "2026-03-30T00:00Z")).toEqual(["2026-03-28T07:30", "2026-03-29T06:30"]);
    expect(times(jobs, "2026-10-24T00:00Z", "2026-10-26T00:00Z")).toEqual(["2026-10-24T06:30", "2026-10-25T07:30"]);
  });

  it("use the time zone of the file when the SLA names none", () => {
    const jobs = { a: job({ ...DAILY, sla: { finish_by: "15:00" } }) };
    expect(times(jobs, "2026-01-05T00:00Z", "2026-01-05T23:00Z", "Asia/Tokyo")).toEqual(["2026-01-05T06:00"]);
  });

  it("are on the days of the SLA, in its time zone", () => {
    const sla = { finish_by: "15:00", timezone: "Asia/Tokyo", days: ["monday"] };
    const jobs = { a: job({ schedule: { at: ["16:00"] }, sla }) };
    // 2026-01-05 is a Monday. In Tokyo it starts at 15:00 UTC on Sunday, so the run at 16:00 UTC is of Monday.
    expect(times(jobs, "2026-01-01T00:00Z", "2026-01-08T00:00Z")).toEqual(["2026-01-05T06:00"]);
  });

  it("are not on days on which the job starts too late or not at all", () => {
    const jobs = { a: job({ schedule: { cron: "0 5 29 2 *" }, sla: { finish_by: "06:00" } }) };
    expect(times(jobs, "2024-01-01T00:00Z", "2027-01-01T00:00Z")).toEqual(["2024-02-29T06:00"]);
    expect(
      times({ a: job({ ...DAILY, sla: { finish_by: "04:00" } }) }, "2026-01-01T00:00Z", "2026-01-09T00:00Z"),
    ).toEqual([]);
  });

  it("of a job that runs after another job are on the days of that other job", () => {
    const b = job({ schedule: { at: ["05:00"], days: ["saturday"] } });
    const jobs = { a: job({ run_after: { job: "b" }, sla: { finish_by: "06:00" } }), b };
    expect(times(jobs, "2026-01-01T00:00Z", "2026-01-08T00:00Z")).toEqual(["2026-01-03T06:00"]);
    expect(times({ ...jobs, b: job({}) }, "2026-01-01T00:00Z", "2026-01-08T00:00Z")).toEqual([]);
  });

  it("are on each day of the calendar, leap days and days with a clock change too", () => {
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
    // The windows have the leap day and the days of both clock changes.
    const window = fc.constantFrom([1, 20, 45] as const, [9, 1, 40] as const);
    const year = fc.constantFrom(2024, 2026, 2028);
    fc.assert(
      fc.property(
        zone,
        year,
        window,
        fc.constantFrom("00:00", "08:30"),
        (timezone, inYear, [month, day, count], time) => {
          const at = (n: number): Date => new Date(Date.UTC(inYear, month, day + n));
          const sla = { finish_by: time, timezone, target: 99.9 };
          const local = new Intl.DateTimeFormat("sv-SE", {
            timeZone: timezone,
            dateStyle: "short",
            timeStyle: "short",
          });
          const found = dataDeadlines(sla, "UTC", at(-2), at(count + 2)).map((deadline) => local.format(deadline.at));
          const calendar = Array.from({ length: count }, (_, n) => `${at(n).toISOString().slice(0, 10)} ${time}`);
          expect(found.filter((text) => text >= calendar[0]! && text <= calendar.at(-1)!)).toEqual(calendar);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("are the same when a period is read in two parts", () => {
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo");
    const hour = fc.integer({ min: 0, max: 90 * 24 });
    fc.assert(
      fc.property(zone, hour, hour, hour, (timezone, ...hours) => {
        const [from, middle, to] = hours.sort((a, b) => a - b).map((n) => Date.UTC(2026, 2, 1) + n * 3_600_000 + 1);
        const jobs = { a: job({ schedule: { every_hours: 1 }, sla: { finish_by: "02:30", timezone } }) };
        const read = (a: number, b: number): number[] =>
          deadlines("a", jobs, "UTC", new Date(a), new Date(b)).map(({ at }) => at.getTime());
        expect([...read(from!, middle!), ...read(middle! + 1, to!)]).toEqual(read(from!, to!));
      }),
      { numRuns: 30 },
    );
  });
});
