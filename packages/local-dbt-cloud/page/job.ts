import { environmentsOf } from "../resources/environments/environments";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { nextRun } from "../resources/jobs/schedule";
import { runsOfJob } from "../resources/runs/groups";
import type { World } from "../world";
import { html, type Html } from "./html";
import { runTable } from "./run-table";
import { jobLink } from "./links";
import { postForm } from "./start-form";
import { minute } from "./times";
import { durationTrend } from "./trend";

const RECENT = 50;

/** A job: its steps, its next run and its recent runs. */
export function jobPage(world: World, job: Job): Html {
  const runs = runsOfJob(world, job.id).slice(-RECENT).reverse();
  return html`<p><a href="/">Local dbt Cloud</a></p>
    <h1>${job.name}</h1>
    ${job.state === 1 ? html`` : html`<p class="Error">This job was deleted.</p>`}
    <p>${job.description}</p>
    <p>Job ${job.id} in ${environmentsOf(world).get(job.environment_id)?.name}, ${startOf(world, job)}.</p>
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
  const before = (of: Job): Job[] =>
    jobs.filter(({ id }) => of.job_completion_trigger_condition?.condition.job_id === id);
  const after = (of: Job): Job[] => jobs.filter((other) => before(other).includes(of));
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

/** The start of a job: a time, another job or a user. */
function startOf(world: World, { triggers, schedule, job_completion_trigger_condition: completion }: Job): string {
  const next = triggers.schedule ? nextRun(schedule, world.clock.now()) : null;
  if (next) return `next run ${minute(next.toISOString())} UTC`;
  return completion ? `after job ${completion.condition.job_id}` : "on demand";
}
