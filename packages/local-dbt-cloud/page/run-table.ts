import { jobsOf } from "../resources/jobs/jobs";
import type { Run } from "../resources/runs/runs";
import type { World } from "../world";
import { html, type Html } from "./html";
import { jobLink, runLink } from "./links";
import { duration, minute } from "./times";
import { wideTable } from "./wide-table";

/** A table of runs. Each row links to the run's page and to the job's page. */
export function runTable(world: World, runs: readonly Run[]): Html {
  const rows = runs.map((run) => {
    const job = jobsOf(world).get(run.job_definition_id);
    return html`<tr>
      <td>${runLink(run)}</td>
      <td>${job && jobLink(job)}</td>
      <td>${run.trigger.cause}</td>
      <td>${minute(run.created_at)}</td>
      <td>${duration(world, run)}</td>
      <td class="message">${run.status_message}</td>
    </tr>`;
  });
  return wideTable(["Run", "Job", "Cause", "Created", "Duration", "Message"], rows);
}
