import { jobsOf, type Job } from "../resources/jobs/jobs";
import { nextRun } from "../resources/jobs/schedule";
import type { World } from "../world";
import { html, type Html } from "./html";
import { jobLink } from "./links";
import { minute } from "./times";

/** The next start of a job: a time in UTC, the job that it starts after, or a user. */
export function startOf(world: World, job: Job): Html {
  const next = job.triggers.schedule ? nextRun(job.schedule, world.clock.now()) : null;
  if (next) return html`${minute(next.toISOString())}`;
  const upstream = jobsOf(world).get(job.job_completion_trigger_condition?.condition.job_id ?? 0);
  return upstream ? html`after ${jobLink(upstream)}` : html`on demand`;
}
