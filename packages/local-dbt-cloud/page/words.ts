import type { Run, RunStep } from "../resources/runs/runs";
import { clockDuration, secondsBetween, statusFields } from "../resources/runs/words";
import type { World } from "../world";
import { html, type Html } from "./html";

/** The word for a status, in its colour. */
export function statusText({ status }: Pick<Run, "status">): Html {
  const word = String(statusFields(status)["status_humanized"]);
  return html`<span class="${word}">${word}</span>`;
}

/** How long a run or a step took, so far or altogether, as `HH:MM:SS`. */
export function duration(
  world: World,
  { started_at, finished_at }: Pick<RunStep, "started_at" | "finished_at">,
): string {
  return clockDuration(secondsBetween(started_at, finished_at, world.now()));
}

/** A time up to its minute, UTC. */
export function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
