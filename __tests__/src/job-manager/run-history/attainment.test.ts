import fc from "fast-check";
import type { Run } from "../../../../src/dbt-cloud/runs";
import type { Deadline } from "../../../../src/jobs/deadlines";
import { attainmentOf, durationsOf } from "../../../../src/job-manager/run-history/attainment";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const day = (n: number): Deadline => ({
  dayStart: new Date(START + n * 24 * HOUR),
  startsAt: new Date(START + (n * 24 + 5) * HOUR),
  at: new Date(START + (n * 24 + 6) * HOUR),
});
const PERIOD = { from: new Date(START), to: new Date(START + 10 * 24 * HOUR) };

/** A run that starts and ends at these hours after the start of the period. */
function run(id: number, start: number, end: number | null, status = end === null ? 3 : 10): Run {
  const time = (hours: number): string => new Date(START + hours * HOUR).toISOString();
  return {
    id,
    job_definition_id: 1,
    project_id: 1,
    status,
    status_humanized: "",
    created_at: time(start),
    started_at: time(start),
    finished_at: end === null ? null : time(end),
  };
}

const TEN = Array.from({ length: 10 }, (_, n) => day(n));
const inTime = TEN.map((_, n) => run(n, n * 24 + 5, n * 24 + 5.5));

describe("the attainment of a job", () => {
  it("is complete when a run of each day succeeded by the deadline", () => {
    expect(attainmentOf(TEN, inTime, 99.9, PERIOD)).toMatchObject({
      due: 10,
      met: 10,
      missed: [],
      attained: 100,
      uptime: 100,
    });
  });

  it("counts a late run as a miss, and the result as stale until its end", () => {
    const runs = [...inTime.filter(({ id }) => id !== 3), run(20, 3 * 24 + 5, 3 * 24 + 8.4)];
    const { met, missed, attained, uptime, budgetLeft } = attainmentOf(TEN, runs, 80, PERIOD);
    expect({ met, missed, attained, budgetLeft }).toEqual({ met: 9, missed: [day(3)], attained: 90, budgetLeft: 1 });
    expect(uptime).toBeCloseTo(100 - 1, 10); // 2.4 of 240 hours
  });

  it("counts neither failed nor cancelled runs, nor those that go on", () => {
    const runs = [run(1, 5, 5.5, 20), run(2, 5, 5.5, 30), run(3, 5, null)];
    expect(attainmentOf([day(0)], runs, 99.9, PERIOD)).toMatchObject({ met: 0, attained: 0, uptime: 2.5 });
  });

  it("is met by a second run of the day", () => {
    expect(attainmentOf([day(0)], [run(1, 5, 5.2, 20), run(2, 5.5, 6)], 99.9, PERIOD)).toMatchObject({
      met: 1,
      uptime: 100,
    });
  });

  it("is not met by a run that started on the day before", () => {
    expect(attainmentOf([day(1)], [run(1, 23, 25)], 99.9, PERIOD)).toMatchObject({ met: 0 });
  });

  it("does not exist without deadlines", () => {
    expect(attainmentOf([], inTime, 99.9, PERIOD)).toMatchObject({ due: 0, attained: null, uptime: null });
  });

  it("lets a deadline before the period make the start of the period stale", () => {
    const before = day(-1);
    const runs = [...inTime, run(50, 2, 2.4)];
    expect(attainmentOf([before, ...TEN], runs, 99.9, PERIOD)).toMatchObject({
      due: 10,
      met: 10,
      attained: 100,
      uptime: 99,
    });
  });

  it("has an uptime that equals a count of minutes, with any runs", () => {
    const wish = fc.record({
      start: fc.integer({ min: -24 * 60, max: 240 * 60 }),
      length: fc.integer({ min: 1, max: 3000 }),
      status: fc.constantFrom(10, 10, 20, 30),
    });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 12 }), (wishes) => {
        const runs = wishes.map(({ start, length, status }, i) => run(i, start / 60, (start + length) / 60, status));
        let fresh = 0;
        for (let minute = 0; minute < 240 * 60; minute++) {
          // The newest deadline that has passed decides, and every missed one before it.
          const passed = TEN.filter(({ at }) => (at.getTime() - START) / 60_000 <= minute);
          const isStale = passed.some(({ dayStart, at }) => {
            const own = wishes.filter(
              ({ start, status }) => status === 10 && start >= (dayStart.getTime() - START) / 60_000,
            );
            const day = own.filter(({ start }) => start < (dayStart.getTime() - START) / 60_000 + 24 * 60);
            const isLate = !day.some(({ start, length }) => start + length <= (at.getTime() - START) / 60_000);
            return isLate && !own.some(({ start, length }) => start + length <= minute);
          });
          if (!isStale) fresh++;
        }
        expect(attainmentOf(TEN, runs, 99.9, PERIOD).uptime).toBeCloseTo((100 * fresh) / (240 * 60), 6);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the durations of a job", () => {
  it("are the nearest ranks of its successful runs", () => {
    const runs = [1, 2, 3, 4].map((minutes, i) => run(i, 5, 5 + minutes / 60));
    expect(durationsOf([...runs, run(9, 5, 29, 20)])).toMatchObject({ count: 4, p50: 120, p95: 240, trend: null });
    expect(durationsOf([run(9, 5, 29, 20)])).toBeUndefined();
  });

  it("have a trend when there are ten", () => {
    const runs = Array.from({ length: 10 }, (_, i) => run(i, 5, 5 + (i < 5 ? 10 : 15) / 60));
    expect(durationsOf(runs)?.trend).toBeCloseTo(50, 6);
  });

  it("leave out the time in the queue", () => {
    expect(durationsOf([{ ...run(1, 5, 6), started_at: new Date(START + 5.5 * HOUR).toISOString() }])).toMatchObject({
      p50: 1800,
    });
  });
});
