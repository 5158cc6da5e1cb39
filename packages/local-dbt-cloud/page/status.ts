import type { Run } from "../resources/runs/runs";
import { statusFields } from "../resources/runs/status-fields";
import { html, type Html } from "./html";

const SIGNS: Readonly<Record<number, string>> = { 10: "✓", 20: "✗", 30: "⊘", 3: "▶", 2: "▶", 1: "…" };

/** The word for a status. It is also its class. */
export function statusWord({ status }: Pick<Run, "status">): string {
  return String(statusFields(status)["status_humanized"]);
}

/** The sign of a status, in its colour. */
export function statusSign(run: Pick<Run, "status">): Html {
  return html`<span class="${statusWord(run)}" aria-label="${statusWord(run)}">${SIGNS[run.status]}</span>`;
}

/** The word for a status, in its colour. */
export function statusText(run: Pick<Run, "status">): Html {
  const word = statusWord(run);
  return html`<span class="${word}">${word}</span>`;
}
