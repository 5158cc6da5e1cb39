import { environmentsOf } from "../resources/environments/environments";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { runsOfJob } from "../resources/runs/groups";
import type { World } from "../world";
import { html, type Html } from "./html";
import { runTable } from "./run-table";
import { jobLink } from "./links";
import { postForm } from "./start-form";
import { startOf } from "./start-of-job";
import { durationTrend } from "./trend";

const RECENT = 50;

/** A job: its steps, its next run and its recent runs. */
export function jobPage(world: World, job: Job): Html {
  const runs = runsOfJob(world, job.id).slice(-RECENT).reverse();
  const start = job.triggers.schedule ? html`next run ${startOf(world, job)} UTC` : startOf(world, job);
  return html`<p><a href="/">Local dbt Cloud</a></p>
    <h1>${job.name}</h1>
    ${job.state === 1 ? html`` : html`<p class="Error">This job was deleted.</p>`}
    <p>${job.description}</p>
    <p>Job ${job.id} in ${environmentsOf(world).get(job.environment_id)?.name}, ${start}.</p>
    <h2>Steps</h2>
    <ol>
      ${job.execute_steps.map((step) => html`<li><code>${step}</code></li>`)}
    </ol>
    ${job.state === 1 ? postForm(`/api/v2/accounts/${world.accountId}/jobs/${job.id}/run/`, "Start a run") : html``}
    ${neighbours(world, job)} ${durationTrend(world, [...runs].reverse())}
    <h2>Recent runs</h2>
    ${runs.length === 0 ? html`<p>It has not run yet.</p>` : runTable(world, runs)}`;
}

/** The jobs that start before and after this one, each in all its generations. */
function neighbours(world: World, job: Job): Html {
  const jobs = jobsOf(world)
    .all()
    .filter(({ state }) => state === 1);
  const upstream = (of: Job): number | undefined => of.job_completion_trigger_condition?.condition.job_id;
  const before = (of: Job): Job[] => jobs.filter(({ id }) => id === upstream(of));
  const after = (of: Job): Job[] => jobs.filter((other) => upstream(other) === of.id);
  const tree = (of: Job, next: (job: Job) => Job[], seen: readonly Job[]): Html => {
    const found = next(of).filter((other) => !seen.includes(other));
    if (found.length === 0) return html``;
    return html`<ul>
      ${found.map((other) => html`<li>${jobLink(other)}${tree(other, next, [...seen, other])}</li>`)}
    </ul>`;
  };
  const [first, last] = [before(job), after(job)];
  return html`${
    first.length === 0
      ? html``
      : html`<h2>Starts after</h2>
          ${tree(job, before, [job])}`
  }
  ${
    last.length === 0
      ? html``
      : html`<h2>Then starts</h2>
          ${tree(job, after, [job])}`
  }`;
}
