import type { Job } from "../resources/jobs/jobs";
import type { Run } from "../resources/runs/runs";
import { html, type Html } from "./html";
import { statusText } from "./status";

/** The path of a job's page. */
export function jobLocation({ id }: Pick<Job, "id">): string {
  return `/jobs/${id}/`;
}

/** The path of a run's page. */
export function runLocation({ id }: Pick<Run, "id">): string {
  return `/runs/${id}/`;
}

/** A link to a job's page, with the job's name. */
export function jobLink(job: Pick<Job, "id" | "name">): Html {
  return html`<a href="${jobLocation(job)}">${job.name}</a>`;
}

/** A link to a run's page, with the run's id, and the run's status. */
export function runLink(run: Run): Html {
  return html`<a href="${runLocation(run)}">${run.id}</a> ${statusText(run)}`;
}
