import { lastDeadline } from "../../../../src/job-manager/runs/lateness";
import { jobSchema, type JobDefinition } from "../../../../src/jobs/definition";
import { jobData } from "../../../support/env-file";

const job = (more: object): JobDefinition => jobSchema.parse(jobData({ sla: { finish_by: "06:00" }, ...more }));
/** A Monday. */
const MONDAY = new Date("2026-01-05T05:00:00Z");

const deadline = (jobs: Readonly<Record<string, JobDefinition>>, now = MONDAY): string | undefined =>
  lastDeadline("a", { jobs, timezone: "UTC" }, now)?.at.toISOString();

describe("the last deadline of a job", () => {
  it("is yesterday's deadline until today's deadline has passed", () => {
    const jobs = { a: job({ schedule: { at: ["05:00"] } }) };
    expect(deadline(jobs)).toBe("2026-01-04T06:00:00.000Z");
    expect(deadline(jobs, new Date("2026-01-05T06:00:00Z"))).toBe("2026-01-05T06:00:00.000Z");
  });

  it("is on a day on which the job starts", () => {
    const jobs = { a: job({ schedule: { at: ["05:00"], days: ["friday"] } }) };
    expect(deadline(jobs)).toBe("2026-01-02T06:00:00.000Z");
  });

  it("of a job that runs after another job is on the days of that other job", () => {
    const jobs = {
      a: job({ schedule: undefined, run_after: { job: "b" } }),
      b: job({ schedule: { at: ["03:00"], days: ["saturday"] }, sla: undefined }),
    };
    expect(deadline(jobs)).toBe("2026-01-03T06:00:00.000Z");
  });

  it("does not exist without `sla`, while the job is paused, or when it starts by hand", () => {
    const schedule = { at: ["05:00"] };
    expect(deadline({ a: job({ schedule, sla: undefined }) })).toBeUndefined();
    expect(deadline({ a: job({ schedule, paused: true }) })).toBeUndefined();
    expect(deadline({ a: job({ schedule: undefined, run_after: { job: "b" } }), b: job({}) })).toBeUndefined();
    expect(deadline({ a: job({ schedule: { cron: "0 5 20 * *" } }) })).toBeUndefined();
  });
});
