import { jobSchema } from "../../../../src/jobs/definition";
import { scheduleWords } from "../../../../src/job-manager/output/schedule-words";
import { jobData, type Overrides } from "../../../support/env-file";

const wordsOf = (job: Overrides): string => scheduleWords(jobSchema.parse(jobData(job)));

describe("a job's schedule in words", () => {
  it.each<[Overrides, string]>([
    [{ schedule: { at: ["05:00"] } }, "At 05:00"],
    [{ schedule: { at: ["18:00", "06:00", "12:00"] } }, "At 06:00, 12:00 and 18:00"],
    [{ schedule: { at: ["05:30"], days: ["friday", "monday"] } }, "At 05:30, only on Monday and Friday"],
    [{ schedule: { every_hours: 1 } }, "Every hour"],
    [{ schedule: { every_hours: 6 } }, "On the hour, every 6 hours"],
    [{ schedule: { cron: "30 6 * * 1-5" } }, "At 06:30, Monday through Friday"],
    [{ schedule: { cron: "0 0 L * *" } }, "At 00:00, on the last day of the month"],
    [{ schedule: { at: ["05:00"] }, paused: true }, "At 05:00 (paused)"],
    [{ run_after: { job: "attribution" } }, "after attribution (success)"],
    [{ run_after: { job: "a", on: ["error", "canceled"] } }, "after a (error, canceled)"],
    [{ triggers: { git_provider_webhook: true } }, "on git events"],
    [{ triggers: { on_merge: true } }, "on git events"],
    [{}, "on demand"],
  ])("of %j are %p", (job, words) => {
    expect(wordsOf(job)).toBe(words);
  });
});
