import { environmentsOf } from "../resources/environments/environments";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { nextRun } from "../resources/jobs/schedule";
import { newestRun } from "../resources/runs/groups";
import { runsOf } from "../resources/runs/runs";
import type { World } from "../world";
import { html, type Html } from "./html";
import { jobLink, runLink } from "./links";
import { runTable } from "./run-table";
import { minute } from "./times";

const RECENT = 50;

/** The first page: every job with its next and last run, and the recent runs. */
export function overview(world: World): Html {
  const jobs = jobsOf(world)
    .all()
    .filter(({ state }) => state === 1);
  const runs = runsOf(world).all().slice(-RECENT).reverse();
  return html`<h1>Local dbt Cloud</h1>
    <p>Account ${world.accountId}. Times are UTC.</p>
    <h2>Jobs (${jobs.length})</h2>
    ${jobs.length === 0 ? html`<p>There is no job yet.</p>` : jobTable(world, jobs)}
    <h2>Recent runs</h2>
    ${runs.length === 0 ? html`<p>No job has run yet.</p>` : runTable(world, runs)}`;
}

function jobTable(world: World, jobs: readonly Job[]): Html {
  const rows = jobs.map((job) => {
    const next = job.triggers.schedule ? nextRun(job.schedule, world.clock.now()) : null;
    const run = newestRun(world, job.id);
    return html`<tr>
      <td>${job.id}</td>
      <td>${jobLink(job)}</td>
      <td>${environmentsOf(world).get(job.environment_id)?.name}</td>
      <td>${next ? minute(next.toISOString()) : "on demand"}</td>
      <td>${run ? runLink(run) : "–"}</td>
      <td>${job.execute_steps.map((step) => html`<code>${step}</code><br />`)}</td>
    </tr>`;
  });
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>Id</th>
          <th>Job</th>
          <th>Environment</th>
          <th>Next run</th>
          <th>Last run</th>
          <th>Steps</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
