import { jobsOf, type Job } from "../resources/jobs/jobs";
import type { World } from "../world";
import { html, type Html } from "./html";
import { jobLink } from "./links";

type Next = (job: Job) => readonly Job[];

/** The jobs that start before and after a job, each in all its generations. */
export function jobsAround(world: World, job: Job): Html {
  const jobs = activeJobs(world);
  return html`${section("Starts after", job, (of) => before(jobs, of))}
  ${section("Then starts", job, (of) => after(jobs, of))}`;
}

/** Each job that starts others, with these in all generations. Nothing if no job starts another. */
export function chains(world: World): Html {
  const jobs = activeJobs(world);
  const first = jobs.filter((job) => before(jobs, job).length === 0 && after(jobs, job).length > 0);
  if (first.length === 0) return html``;
  return html`<h2>Chains</h2>
    <p>A job starts the jobs below it when it ends.</p>
    ${list(first, (of) => after(jobs, of), [])}`;
}

function activeJobs(world: World): readonly Job[] {
  return jobsOf(world)
    .all()
    .filter(({ state }) => state === 1);
}

function before(jobs: readonly Job[], job: Job): readonly Job[] {
  return jobs.filter(({ id }) => id === upstream(job));
}

function after(jobs: readonly Job[], job: Job): readonly Job[] {
  return jobs.filter((other) => upstream(other) === job.id);
}

function upstream({ job_completion_trigger_condition: trigger }: Job): number | undefined {
  return trigger?.condition.job_id;
}

function section(title: string, job: Job, next: Next): Html {
  return next(job).length === 0
    ? html``
    : html`<h2>${title}</h2>
        ${list(next(job), next, [job])}`;
}

/** @param seen the jobs above the list, which it does not repeat */
function list(jobs: readonly Job[], next: Next, seen: readonly Job[]): Html {
  const found = jobs.filter((job) => !seen.includes(job));
  if (found.length === 0) return html``;
  return html`<ul>
    ${found.map((job) => html`<li>${jobLink(job)}${list(next(job), next, [...seen, job])}</li>`)}
  </ul>`;
}
