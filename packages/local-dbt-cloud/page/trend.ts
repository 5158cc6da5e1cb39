import { clockDuration, secondsBetween } from "../resources/runs/durations";
import { inProgress, type Run } from "../resources/runs/runs";
import type { World } from "../world";
import { html, type Html } from "./html";
import { statusWord } from "./status";
import { duration } from "./times";

const HEIGHT = 80;
const STEP = 12;

/** A bar for the duration of each run, from left to right. Nothing without an ended run. */
export function durationTrend(world: World, runs: readonly Run[]): Html {
  const ended = runs.filter((run) => !inProgress(run));
  if (ended.length === 0) return html``;
  const seconds = ended.map((run) => secondsBetween(run.started_at, run.finished_at, world.clock.now()));
  const longest = Math.max(...seconds, 1);
  const bars = ended.map((run, i) => {
    const height = Math.max(2, Math.round((seconds[i]! / longest) * HEIGHT));
    return html`<rect class="${statusWord(run)}" x="${i * STEP}" y="${HEIGHT - height}" width="9" height="${height}">
      <title>Run ${run.id}: ${statusWord(run)}, ${duration(world, run)}</title>
    </rect>`;
  });
  return html`<h2>Durations</h2>
    <div class="wide">
      <svg role="img" aria-label="Durations of runs" width="${ended.length * STEP}" height="${HEIGHT}">${bars}</svg>
    </div>
    <p>The longest took ${clockDuration(longest)}.</p>`;
}
