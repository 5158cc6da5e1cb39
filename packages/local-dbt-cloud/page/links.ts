import type { Job } from "../resources/jobs/jobs";
import type { Run } from "../resources/runs/runs";
import { html, type Html } from "./html";
import { statusText } from "./words";

/** Where a job's page is. */
export function jobLocation({ id }: Pick<Job, "id">): string {
  return `/jobs/${id}/`;
}

/** Where a run's page is. */
export function runLocation({ id }: Pick<Run, "id">): string {
  return `/runs/${id}/`;
}

/** A job's name, leading to its page. */
export function jobLink(job: Pick<Job, "id" | "name">): Html {
  return html`<a href="${jobLocation(job)}">${job.name}</a>`;
}

/** A run's id, leading to its page, and its status. */
export function runLink(run: Run): Html {
  return html`<a href="${runLocation(run)}">${run.id}</a> ${statusText(run)}`;
}
