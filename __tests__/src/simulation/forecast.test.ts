import { attainmentOf } from "../../../src/job-manager/run-history/attainment";
import type { Run } from "../../../src/dbt-cloud/runs";
import { deadlines } from "../../../src/jobs/deadlines";
import { RUN_STATUS } from "../../../src/jobs/run-status";
import { changedJobs, effectsOf } from "../../../src/simulation/change";
import { firesOf, jobsOf, type SimulatedEnvironment } from "../../../src/simulation/environment";
import { forecast, type Forecast, type JobForecast, type Trials } from "../../../src/simulation/forecast";
import { drawFrom, type Experience } from "../../../src/simulation/past-runs";
import { simulateRuns, type Outcome } from "../../../src/simulation/timeline";
import { jobDefinition } from "../../support/definitions";

const FROM = new Date("2026-03-02T00:00:00Z");
const DAY = 86_400_000;

function size(days: number, trials = 1, seed = 1): Trials {
  return { period: { from: FROM, to: new Date(FROM.getTime() + days * DAY) }, trials, seed };
}

function environment(
  jobs: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  slots = 1,
): SimulatedEnvironment {
  const definitions = Object.entries(jobs).map(([key, job]) => [key, jobDefinition(job)] as const);
  return { name: "production", timezone: "UTC", slots, jobs: Object.fromEntries(definitions) };
}

/** The minutes of each past run by job; a negative number is a failure. */
function experience(
  minutes: Readonly<Record<string, readonly number[]>>,
  fail: Readonly<Record<string, number>> = {},
): Experience {
  const outcome = (value: number): Outcome => ({ seconds: Math.abs(value) * 60, isSuccess: value >= 0 });
  return {
    pastRuns: ({ key }) => (minutes[key] ?? []).map(outcome),
    defaultSeconds: 600,
    failureRate: ({ key }) => fail[key],
  };
}

function jobIn({ jobs }: Forecast, key: string): JobForecast {
  return jobs.find((job) => job.key === key)!;
}

const EXTRACT = { schedule: { at: ["05:00"] }, sla: { finish_by: "06:00" } };

describe("the deadlines of a forecast", () => {
  it("are missed on the days on which the run fails or is too late, by the rule of `sla`", () => {
    const world = [environment({ extract: EXTRACT })];
    const known = experience({ extract: [30, 59, 61, -10] });
    const { period, seed } = size(30);
    const jobs = jobsOf(world);
    const runs = simulateRuns(jobs, firesOf(jobs, period), drawFrom(known, seed)(1), period.to.getTime() - 1);
    const asRun = (run: (typeof runs)[number]): Run => ({
      id: run.id,
      job_definition_id: 1,
      project_id: 1,
      status: RUN_STATUS[run.ending!],
      status_humanized: "",
      created_at: new Date(run.createdAt).toISOString(),
      finished_at: new Date(run.finishedAt!).toISOString(),
    });
    const all = deadlines("extract", world[0]!.jobs, "UTC", period.from, period.to);
    const { missed, due } = attainmentOf(all, runs.map(asRun), 99, period);
    const { sla } = jobIn(forecast(world, known, size(30)), "extract");
    expect([sla!.days.length, sla!.missed]).toEqual([due, missed.length]);
    expect(missed.length).toBeGreaterThan(5);
    expect(sla!.days.filter((day) => day.missed === 1).map(({ at }) => at)).toEqual(missed.map(({ at }) => at));
  });

  it("are missed as often as the past runs were too late: half of them in half of the trials", () => {
    const { sla } = jobIn(
      forecast([environment({ extract: EXTRACT })], experience({ extract: [20, 70] }), size(10, 2000)),
      "extract",
    );
    expect(sla!.days.map(({ missed }) => Math.abs(missed - 0.5) < 0.05)).toEqual(Array(10).fill(true));
  });

  it("are missed as often as the failure rate says", () => {
    const world = [environment({ extract: EXTRACT })];
    const { sla, failed } = jobIn(
      forecast(world, experience({ extract: [20, -5] }, { extract: 0.1 }), size(10, 2000)),
      "extract",
    );
    expect(sla!.missed).toBeCloseTo(1, 1);
    expect(failed).toBe(sla!.missed);
    for (const rate of [0, 1]) {
      expect(jobIn(forecast(world, experience({}, { extract: rate }), size(10, 5)), "extract").sla!.missed).toBe(
        10 * rate,
      );
    }
  });

  it("keep their local time when the clocks change", () => {
    const job = {
      schedule: { at: ["05:00"] },
      sla: { finish_by: "07:30", timezone: "Europe/Berlin", days: ["sunday"] },
    };
    const { sla } = jobIn(forecast([environment({ job })], experience({ job: [100] }), size(35)), "job");
    // Clocks change on 29 March 2026: 07:30 is 06:30 UTC before it and 05:30 UTC from it on.
    expect(sla!.days.map(({ at, missed }) => [at.toISOString(), missed])).toEqual([
      ["2026-03-08T06:30:00.000Z", 1],
      ["2026-03-15T06:30:00.000Z", 1],
      ["2026-03-22T06:30:00.000Z", 1],
      ["2026-03-29T05:30:00.000Z", 1],
      ["2026-04-05T05:30:00.000Z", 1],
    ]);
    expect(jobIn(forecast([environment({ job })], experience({ job: [80] }), size(35)), "job").sla!.missed).toBe(2);
  });

  it("count only in the simulated days, and only if the job starts in them", () => {
    const night = { schedule: { at: ["23:00"] }, sla: { finish_by: "08:00", timezone: "Asia/Tokyo" } };
    expect(jobIn(forecast([environment({ night })], experience({}), size(3)), "night").sla).toBeUndefined();
    const paused = { ...EXTRACT, paused: true };
    expect(jobIn(forecast([environment({ paused })], experience({}), size(3)), "paused")).toMatchObject({
      runs: 0,
      waitP95: 0,
    });
  });
});

it("is the same for the same seed, and another one for another seed", () => {
  const world = [environment({ extract: EXTRACT, other: { schedule: { every_hours: 2 } } })];
  const known = experience({ extract: [20, 50, 70], other: [5, 90, -20] });
  const results = [1, 1, 2].map((seed) => JSON.stringify(forecast(world, known, size(30, 20, seed))));
  expect(results[0]).toBe(results[1]);
  expect(results[0]).not.toBe(results[2]);
});

it("waits in the queue for a slot and for the job's own run, and not with more slots", () => {
  const jobs = { first: { schedule: { at: ["05:00"] } }, second: { ...EXTRACT, schedule: { every_hours: 1 } } };
  const known = experience({ first: [90], second: [45] });
  const one = forecast([environment(jobs)], known, size(1));
  // The run of 05:00 is replaced, that of 06:00 waits for 30 minutes and that of 07:00 for 15: the second largest of 23.
  expect(jobIn(one, "second")).toMatchObject({ runs: 23, waitP95: 15 * 60, sla: { missed: 0 } });
  const two = forecast([environment(jobs, 2)], known, size(1));
  expect(jobIn(two, "second")).toMatchObject({ runs: 24, waitP95: 0 });
  const long = forecast(
    [environment({ long: { schedule: { every_hours: 1 } } }, 5)],
    experience({ long: [61] }),
    size(1),
  );
  expect(jobIn(long, "long").waitP95).toBe(22 * 60);
});

it("finds the path of runs that decides the end: through the queue and through `run_after`", () => {
  const jobs = {
    load: { schedule: { at: ["05:00"] } },
    other: { schedule: { at: ["05:10"] } },
    report: { run_after: { job: "load" }, sla: { finish_by: "06:00" } },
  };
  const result = forecast([environment(jobs)], experience({ load: [20], other: [10], report: [5] }), size(2));
  expect(jobIn(result, "report").sla!.path).toEqual({
    steps: [
      { key: "load", start: "schedule" },
      { key: "other", start: "queue" },
      { key: "report", start: "queue" },
    ],
    share: 1,
  });
  const two = forecast([environment(jobs, 2)], experience({ load: [20], other: [10], report: [5] }), size(2));
  expect(jobIn(two, "report").sla!.path!.steps.map(({ key, start }) => [key, start])).toEqual([
    ["load", "schedule"],
    ["report", "run_after"],
  ]);
});

it("shares the hours of the day among the runs, also across midnight", () => {
  const jobs = { late: { schedule: { at: ["23:45"] } }, early: { schedule: { at: ["05:00"] } } };
  const { slotUse } = forecast([environment(jobs, 2)], experience({ late: [45], early: [90] }), size(10));
  const { hours } = slotUse[0]!;
  // Nine of ten late runs go on in the first hour of the next day within the period.
  expect(hours.map((share) => Math.round(share * 1000))).toEqual([
    225,
    0,
    0,
    0,
    0,
    500,
    250,
    ...Array<number>(16).fill(0),
    125,
  ]);
});

describe("a change", () => {
  const today = [
    environment({
      load: { schedule: { at: ["05:00"] } },
      report: { schedule: { at: ["06:00"] }, sla: { finish_by: "07:00" } },
    }),
  ];
  const moved = [environment({ load: { schedule: { at: ["06:00"] } }, report: today[0]!.jobs["report"]! })];
  const known = experience({ load: [50, -50], report: [5] });

  it("breaks the deadlines of the jobs that wait for it", () => {
    const late = experience({ load: [30, 58], report: [5] });
    const [before, after] = [today, moved].map((world) => forecast(world, late, size(20, 50))) as [Forecast, Forecast];
    const [effect, ...others] = effectsOf(before, after);
    expect(others).toEqual([]);
    expect(effect).toMatchObject({ key: "report", before: { missed: 0 } });
    expect(effect!.after!.missed).toBeCloseTo(10, 0);
    expect(changedJobs(today, moved)).toMatchObject([{ environment: "production", key: "load" }]);
  });

  it("that only adds a job on other slots leaves all other results as they are", () => {
    const more = {
      ...today[0]!,
      slots: 1,
      jobs: { ...today[0]!.jobs, new: jobDefinition({ schedule: { at: ["12:00"] } }) },
    };
    const [before, after] = [today, [more]].map((world) => forecast(world, known, size(20, 50))) as [
      Forecast,
      Forecast,
    ];
    expect(after.jobs.slice(0, 2)).toEqual(before.jobs);
    expect(effectsOf(before, after)).toEqual([]);
    expect(changedJobs(today, [more])).toMatchObject([{ key: "new", before: undefined }]);
  });
});
