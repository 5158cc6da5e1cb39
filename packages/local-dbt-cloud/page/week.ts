import { environmentsOf } from "../resources/environments/environments";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { timeOf } from "../resources/runs/durations";
import { runsInProgress, runsOfJob } from "../resources/runs/groups";
import { STATUS, type Run } from "../resources/runs/runs";
import type { World } from "../world";
import { html, type Html } from "./html";
import { jobLink, runLink, runLocation } from "./links";
import { statusSign } from "./status";
import { duration, minute } from "./times";
import { wideTable } from "./wide-table";

const DAY = 86_400_000;
const DAYS = 7;
/** The most runs in a cell. The others are a number. */
const MOST = 24;

/** The runs of the last seven days, by job and day, the newest day first, and the queue of each environment. */
export function weekPage(world: World): Html {
  const today = Math.floor(world.clock.now().getTime() / DAY);
  const days = Array.from({ length: DAYS }, (_day, i) => today - i);
  const jobs = jobsOf(world)
    .all()
    .map((job) => ({ job, runs: runsOfJob(world, job.id).filter((run) => dayOf(run) >= days.at(-1)!) }))
    .filter(({ job, runs }) => job.state === 1 || runs.length > 0);
  return html`<p><a href="/">Local dbt Cloud</a></p>
    <h1>Week</h1>
    <p>
      ✓ success, ✗ error, ⊘ cancelled, ▶ running, … queued. Each sign is a run and links to it. Times are UTC, now is
      ${minute(world.clock.now().toISOString())}.
    </p>
    ${calendar(days, jobs)}
    <h2>Queue</h2>
    <p>Each environment has one slot, because only one process can open its DuckDB file.</p>
    ${queues(world)}`;
}

function calendar(days: readonly number[], jobs: readonly { job: Job; runs: readonly Run[] }[]): Html {
  if (jobs.length === 0) return html`<p>There is no job yet.</p>`;
  const heads = days.map((day) => new Date(day * DAY).toISOString().slice(5, 10));
  const rows = jobs.map(
    ({ job, runs }) =>
      html`<tr>
        <th scope="row">${jobLink(job)}</th>
        ${days.map((day) => html`<td>${cell(runs.filter((run) => dayOf(run) === day))}</td>`)}
      </tr>`,
  );
  return wideTable(["Job", ...heads], rows, "calendar");
}

function cell(runs: readonly Run[]): Html {
  const links = runs.slice(-MOST).map((run) => {
    const time = minute(run.created_at).slice(11);
    return html`<a class="run" href="${runLocation(run)}" title="Run ${run.id}, ${time}">${statusSign(run)}</a> `;
  });
  return runs.length > MOST ? html`${runs.length - MOST} earlier, ${links}` : html`${links}`;
}

function queues(world: World): Html {
  const environments = environmentsOf(world)
    .all()
    .map((environment) => ({ environment, runs: runsInProgress(world, environment.id) }))
    .filter(({ runs }) => runs.length > 0);
  if (environments.length === 0) return html`<p>All slots are free.</p>`;
  return html`${environments.map(({ environment, runs }) => {
    const queued = runs.filter((run) => run.status === STATUS.queued).length;
    return html`<h3>${environment.name}</h3>
      <p>${runs.length - queued} of 1 slot in use, ${queued} in the queue.</p>
      <ol>
        ${runs.map((run) => {
          const job = jobsOf(world).get(run.job_definition_id);
          return html`<li>${runLink(run)}, ${job && jobLink(job)}, ${duration(world, run)}</li>`;
        })}
      </ol>`;
  })}`;
}

function dayOf({ created_at }: Run): number {
  return Math.floor(timeOf(created_at) / DAY);
}
