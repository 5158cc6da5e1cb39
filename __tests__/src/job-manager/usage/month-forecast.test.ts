import fc from "fast-check";
import {
  expectationOf,
  monthForecast,
  monthOf,
  plannedRuns,
  type ForecastDay,
} from "../../../../src/job-manager/usage/month-forecast";
import type { MeasuredRun } from "../../../../src/job-manager/usage/measured-run";
import { savingsOf } from "../../../../src/job-manager/usage/savings";
import { exceededOn, totalsOf } from "../../../../src/job-manager/usage/usage";
import { environmentDefinition, jobDefinition } from "../../../support/definitions";

const HOUR = 60 * 60 * 1000;

function environment(jobs: Record<string, object>) {
  const { name, timezone, jobs: own } = environmentDefinition({ jobs });
  return { name, timezone, jobs: own, slots: 1 };
}

function run(id: number, at: Date, models: number, more: { key?: string; sha?: string } = {}): MeasuredRun {
  const { key = "daily", sha = null } = more;
  return {
    run: { id, git_sha: sha } as MeasuredRun["run"],
    environment: "test",
    key,
    at: at.getTime(),
    isPlanned: true,
    results: [],
    models,
    seconds: models * 2,
  };
}

const job = (more: Readonly<Record<string, unknown>>): object => ({ ...jobDefinition(more) });
const daily = () => environment({ daily: job({ schedule: { at: ["05:00"] } }) });

function forecastAt(now: string, models: number, other = 0): ForecastDay[] {
  const runs = [run(1, new Date(now), models)];
  return monthForecast([daily()], runs, expectationOf(runs), other, new Date(now));
}

const time = fc.date({ min: new Date("2023-01-01"), max: new Date("2030-12-31"), noInvalidDate: true });

describe("the forecast of a month", () => {
  it("adds the runs so far and the starts that are ahead: 5 of February and the rest of a leap month", () => {
    // 29 days: the run of the 5th is over, and 24 starts are ahead.
    const days = forecastAt("2028-02-05T06:00:00Z", 7);
    expect(days).toHaveLength(29);
    expect(totalsOf(days)).toEqual({ built: 7, forecast: 7 + 24 * 7 });
    expect(forecastAt("2027-02-05T06:00:00Z", 7)).toHaveLength(28);
  });

  it("has the start of the last day, and not that of the next month", () => {
    const days = forecastAt("2026-12-31T04:59:00Z", 10);
    expect(totalsOf(days).forecast).toBe(20);
    expect(totalsOf(forecastAt("2026-12-31T05:00:00Z", 10)).forecast).toBe(10 + 10);
    expect(totalsOf(forecastAt("2026-12-31T05:00:01Z", 10)).forecast).toBe(10);
  });

  it("counts the same starts on the days of a clock change, because schedules are in UTC", () => {
    // In Berlin, 29 March 2026 has 23 hours and 25 October has 25.
    for (const [month, count] of [
      ["2026-03", 31],
      ["2026-10", 31],
    ] as const) {
      const hourly = { ...environment({ daily: job({ schedule: { every_hours: 1 } }) }), timezone: "Europe/Berlin" };
      const { from, to } = monthOf(new Date(`${month}-15T00:00:00Z`));
      const starts = plannedRuns([hourly], from, to);
      expect(starts).toHaveLength(24 * count);
      const perDay = new Map<string, number>();
      for (const { at } of starts) {
        const day = new Date(at).toISOString().slice(0, 10);
        perDay.set(day, (perDay.get(day) ?? 0) + 1);
      }
      expect([...perDay.values()].every((one) => one === 24)).toBe(true);
    }
  });

  it("has a day for each day of the month, in order, and nothing is expected of the days before", () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 90 }), (now, models, other) => {
        const days = forecastAt(now.toISOString(), models, other);
        const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0)).getUTCDate();
        expect(days.map(({ day }) => Number(day.slice(-2)))).toEqual(Array.from({ length: last }, (_, i) => i + 1));
        const today = now.toISOString().slice(0, 10);
        for (const { day, built, expected } of days) {
          if (day < today) expect(expected).toBe(0);
          if (day !== today) expect(built).toBe(0);
          expect(expected).toBeGreaterThanOrEqual(0);
        }
        // The rest of the month at the daily mean, and a whole run for each morning that is ahead.
        const { to } = monthOf(now);
        const mornings = days.filter(({ day }) => new Date(`${day}T05:00:00Z`) >= now);
        const rest = ((to.getTime() - now.getTime()) / (24 * HOUR)) * other;
        expect(totalsOf(days).forecast).toBeCloseTo(models + rest + mornings.length * models, 5);
      }),
      { numRuns: 60 },
    );
  });

  it("says the same when two jobs are one environment or two", () => {
    const [a, b] = [job({ schedule: { at: ["05:00"] } }), job({ schedule: { every_hours: 6 } })];
    const one = environment({ a, b });
    const now = new Date("2026-06-10T12:00:00Z");
    const runs = [run(1, now, 3, { key: "a" }), run(2, now, 11, { key: "b" })];
    const together = totalsOf(monthForecast([one], runs, expectationOf(runs), 0, now));
    const apart = ["a", "b"].map((key) =>
      totalsOf(monthForecast([{ ...one, jobs: { [key]: one.jobs[key]! } }], runs, expectationOf(runs), 0, now)),
    );
    expect(together.forecast - together.built).toBe(
      apart.reduce((sum, { forecast, built }) => sum + forecast - built, 0),
    );
  });

  it("has a run of a job that runs after another one for each of its runs, and none when it waits for failures", () => {
    const jobs = {
      daily: job({ schedule: { at: ["05:00"] } }),
      next: job({ run_after: { job: "daily" } }),
      last: job({ run_after: { job: "next" } }),
      alarm: job({ run_after: { job: "daily", on: ["error"] } }),
    };
    const [from, to] = [new Date("2026-06-01T00:00:00Z"), new Date("2026-06-04T00:00:00Z")];
    const keys = plannedRuns([environment(jobs)], from, to).map(({ key }) => key);
    expect(keys).toEqual(["daily", "next", "last", "daily", "next", "last", "daily", "next", "last"]);
  });

  it("names the day that exceeds the allowance", () => {
    const days = forecastAt("2026-06-01T06:00:00Z", 10);
    expect(exceededOn(days, 30)).toBe("2026-06-04");
    expect(exceededOn(days, 300)).toBeUndefined();
    expect(exceededOn(days, 299)).toBe("2026-06-30");
  });
});

describe("what a change saves", () => {
  const span = { from: new Date("2026-06-01T00:00:00Z"), to: new Date("2026-07-01T00:00:00Z") };
  const at = new Date("2026-05-20T05:00:00Z");

  it("is the runs that a schedule no longer starts, with the mean of the job", () => {
    const before = environment({ daily: job({ schedule: { every_hours: 6 } }) });
    const runs = [run(1, at, 4), run(2, at, 6)];
    const [saving] = savingsOf([before], [daily()], runs, span);
    expect(saving).toMatchObject({
      before: { runs: 120, models: 600, seconds: 1200 },
      after: { runs: 30, models: 150, seconds: 300 },
      isByState: false,
    });
    expect(savingsOf([before], [before], runs, span)).toEqual([]);
  });

  it("with state:modified is the runs of the same commit as the run before", () => {
    const after = environment({
      daily: job({ schedule: { at: ["05:00"] }, execute_steps: ["dbt build --select state:modified+"] }),
    });
    const runs = ["a", "a", "b", "b", "b", "a"].map((sha, i) => run(i + 1, at, 10, { sha }));
    // Half of the runs have a new commit.
    expect(savingsOf([daily()], [after], runs, span)).toMatchObject([
      { isByState: true, before: { models: 300 }, after: { runs: 30, models: 150 } },
    ]);
    // Without a known commit, nothing is saved for sure.
    const unknown = runs.map((one) => ({ ...one, run: { ...one.run, git_sha: null } }));
    expect(savingsOf([daily()], [after], unknown, span)).toMatchObject([{ after: { models: 300 } }]);
  });
});
