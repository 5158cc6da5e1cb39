import { environmentsOf } from "../resources/environments/environments";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { newestRun } from "../resources/runs/groups";
import { runsOf } from "../resources/runs/runs";
import type { World } from "../world";
import { chains } from "./chains";
import { html, type Html } from "./html";
import { jobLink, runLink } from "./links";
import { runTable } from "./run-table";
import { startOf } from "./start-of-job";
import { wideTable } from "./wide-table";

const RECENT = 50;

/**
 * The first page: every job with its next and last run, and the recent runs.
 *
 * @param search shows only jobs with this text in the name or in a step, and their runs
 */
export function overview(world: World, search = ""): Html {
  const matches = (text: string): boolean => text.toLowerCase().includes(search.toLowerCase());
  const jobs = jobsOf(world)
    .all()
    .filter(({ state, name, execute_steps }) => state === 1 && [name, ...execute_steps].some(matches));
  const ids = new Set(jobs.map(({ id }) => id));
  const all = runsOf(world).list();
  const found = search === "" ? all : all.filter((run) => ids.has(run.job_definition_id));
  const runs = [...found.slice(Math.max(found.length - RECENT, 0), found.length)].reverse();
  return html`<h1>Local dbt Cloud</h1>
    <p>Account ${world.accountId}. Times are UTC. <a href="/week/">The week and the queue</a></p>
    <form>
      <label>Find jobs <input name="q" type="search" value="${search}" /></label> <button>Find</button>
    </form>
    <h2>Jobs (${jobs.length})</h2>
    ${jobs.length === 0 ? html`<p>${search === "" ? "There is no job yet." : "No job has this text in its name or its steps."}</p>` : jobTable(world, jobs)}
    ${search === "" ? chains(world) : html``}
    <h2>Recent runs</h2>
    ${runs.length === 0 ? html`<p>No job has run yet.</p>` : runTable(world, runs)}`;
}

function jobTable(world: World, jobs: readonly Job[]): Html {
  const rows = jobs.map((job) => {
    const run = newestRun(world, job.id);
    return html`<tr>
      <td>${job.id}</td>
      <td>${jobLink(job)}</td>
      <td>${environmentsOf(world).get(job.environment_id)?.name}</td>
      <td>${startOf(world, job)}</td>
      <td>${run ? runLink(run) : "–"}</td>
      <td>${job.execute_steps.map((step) => html`<code>${step}</code><br />`)}</td>
    </tr>`;
  });
  return wideTable(["Id", "Job", "Environment", "Next run", "Last run", "Steps"], rows);
}
