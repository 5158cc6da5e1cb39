import { environmentsOf } from "../resources/environments/environments";
import type { Job } from "../resources/jobs/jobs";
import { runsOfJob } from "../resources/runs/groups";
import type { World } from "../world";
import { jobsAround } from "./chains";
import { html, type Html } from "./html";
import { runTable } from "./run-table";
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
    ${jobsAround(world, job)} ${durationTrend(world, [...runs].reverse())}
    <h2>Recent runs</h2>
    ${runs.length === 0 ? html`<p>It has not run yet.</p>` : runTable(world, runs)}`;
}
