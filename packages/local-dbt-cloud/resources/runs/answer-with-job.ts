import type { World } from "../../world";
import { jobAnswer } from "../jobs/answer";
import { jobsOf, type Job } from "../jobs/jobs";
import { runAnswer } from "./answer";
import type { Run } from "./runs";

/** A run as it is answered, with its job if a request asks for it. */
export function runAnswerWithJob(world: World, run: Run, related: readonly string[]): object {
  const job = related.includes("job") ? jobsOf(world).get(run.job_definition_id) : undefined;
  return Object.assign(runAnswer(world, run, related), { job: job ? embeddedJob(world, job) : null });
}

/** A job inside a run's answer. Its schedule has only the types of date and time. */
function embeddedJob(world: World, job: Job): object {
  const { cron, date, time } = job.schedule;
  return Object.assign(jobAnswer(world, job).toJSON(), { schedule: { cron, date: date.type, time: time.type } });
}
