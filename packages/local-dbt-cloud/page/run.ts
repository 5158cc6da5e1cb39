import { jobsOf } from "../resources/jobs/jobs";
import { filesBelow, readLog, runFolder } from "../resources/runs/files";
import { inProgress, stepsOfRun, type Run, type RunStep } from "../resources/runs/runs";
import type { World } from "../world";
import { html, type Html } from "./html";
import { jobLink } from "./links";
import { isRunning, isWaiting, logEventsLocation, waitEventsLocation } from "./log-events";
import { postForm } from "./start-form";
import { statusText } from "./status";
import { duration, minute } from "./times";

/** A run: its cause, and each step with its log. */
export function runPage(world: World, run: Run): Html {
  const job = jobsOf(world).get(run.job_definition_id);
  return html`<p><a href="/">Local dbt Cloud</a></p>
    <h1>Run ${run.id} of ${job && jobLink(job)}: ${statusText(run)}</h1>
    <p>
      ${run.trigger.cause}. Branch ${run.git_branch ?? "unknown"}, commit ${run.git_sha?.slice(0, 8) ?? "unknown"}.
      Created ${minute(run.created_at)} UTC, took ${duration(world, run)}.
    </p>
    <p class="message">${run.status_message}</p>
    ${inProgress(run) ? postForm(`/api/v2/accounts/${world.accountId}/runs/${run.id}/cancel/`, "Cancel the run") : html``}
    ${isWaiting(world, run) ? html`<p data-events="${waitEventsLocation(run)}">No step runs now. This page shows the next one when it begins.</p>` : html``}
    ${stepsOfRun(world, run).map((step) => stepSection(world, step))}`;
}

function artifactLinks({ run_id, index }: RunStep, names: readonly string[]): Html {
  if (names.length === 0) return html``;
  const location = (name: string): string =>
    `/runs/${run_id}/artifacts/${index}/${name.split("/").map(encodeURIComponent).join("/")}`;
  const links = (of: readonly string[]): Html =>
    html`${of.map((name) => html`<a href="${location(name)}">${name}</a> `)}`;
  const [main, others] = [names.filter((name) => !name.includes("/")), names.filter((name) => name.includes("/"))];
  const more = html`<details>
    <summary>${others.length} in folders</summary>
    <p class="artifacts">${links(others)}</p>
  </details>`;
  return html`<p class="artifacts">Artifacts: ${links(main)}</p>
    ${others.length === 0 ? html`` : more}`;
}

function stepSection(world: World, step: RunStep): Html {
  const folder = world.runsFolder === undefined ? undefined : runFolder(world.runsFolder, step.run_id);
  const note = step.selected_nothing ? html`<p class="Cancelled">This step selected nothing.</p>` : html``;
  return html`<h2>${step.index}. ${step.name}: ${statusText(step)}</h2>
    <p>took ${duration(world, step)}</p>
    ${note}
    ${
      isRunning(step)
        ? html`<pre data-events="${logEventsLocation(step)}"></pre>`
        : html`<pre>${(folder && readLog(folder.log(step.index))) || "There is no log."}</pre>`
    }
    ${folder ? artifactLinks(step, filesBelow(folder.artifacts(step.index))) : html``}`;
}
