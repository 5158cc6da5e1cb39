import type { Run } from "../resources/runs/runs";
import { statusFields } from "../resources/runs/status-fields";
import { html, type Html } from "./html";

/** The word for a status, in its colour. */
export function statusText({ status }: Pick<Run, "status">): Html {
  const word = String(statusFields(status)["status_humanized"]);
  return html`<span class="${word}">${word}</span>`;
}
