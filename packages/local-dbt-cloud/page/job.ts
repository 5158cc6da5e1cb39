import { environmentsOf } from "../resources/environments/environments";
import type { Job } from "../resources/jobs/jobs";
import { nextRun } from "../resources/jobs/schedule";
import { runsOfJob } from "../resources/runs/groups";
import type { World } from "../world";
import { html, type Html } from "./html";
import { runTable } from "./run-table";
import { minute } from "./times";

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
    <h2>Recent runs</h2>
    ${runs.length === 0 ? html`<p>It has not run yet.</p>` : runTable(world, runs)}`;
}

/** The start of a job: a time, another job or a user. */
function startOf(world: World, { triggers, schedule, job_completion_trigger_condition: completion }: Job): string {
  const next = triggers.schedule ? nextRun(schedule, world.clock.now()) : null;
  if (next) return `next run ${minute(next.toISOString())} UTC`;
  return completion ? `after job ${completion.condition.job_id}` : "on demand";
}
