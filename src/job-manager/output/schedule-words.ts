import { toString as cronWords } from "cronstrue";
import { runsOnGitEvents, type JobDefinition } from "../../jobs/definition";
import { cronOf } from "../../jobs/schedule";

/** The time or event that starts a job, in words: `At 06:00, 12:00 and 18:00`, `after attribution (success)`, `on demand`. */
export function scheduleWords(job: Pick<JobDefinition, "schedule" | "paused" | "run_after" | "triggers">): string {
  if (job.schedule) {
    const words = cronWords(cronOf(job.schedule), { use24HourTimeFormat: true });
    return job.paused ? `${words} (paused)` : words;
  }
  if (job.run_after) return `after ${job.run_after.job} (${job.run_after.on.join(", ")})`;
  return runsOnGitEvents(job.triggers) ? "on git events" : "on demand";
}
