import { isOver, type Run } from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";
import { linesOf } from "./failure-text";

/**
 * What a run does now, in one line: `run 7  00:01:20  step 4 of 5: dbt build  12 of 40 done`.
 *
 * @param milliseconds the time since the command started the run
 */
export function stateText(run: Run, milliseconds: number): string {
  const steps = run.run_steps ?? [];
  const step = steps.find((candidate) => candidate.status === RUN_STATUS.running);
  const done = step && nodesDone(step.logs ?? "");
  return [
    `run ${run.id}`,
    clockDuration(milliseconds),
    step ? `step ${step.index} of ${steps.length}: ${step.name}` : run.status_humanized,
    ...(done && !isOver(run) ? [`${done.done} of ${done.total} done`] : []),
  ].join("  ");
}

/** How many models, tests, seeds and snapshots a dbt command has finished. */
export interface NodesDone {
  readonly done: number;
  readonly total: number;
}

/** dbt's line about a node, such as `05:00:01  3 of 40 OK created sql table model marts.orders`. */
const NODE = /(?:^|\s)(\d+) of (\d+) ([A-Z]+)\b/;

/** dbt counts its hooks separately: `1 of 2 OK hook: shop.on-run-end.0`. */
const HOOK = /\bhook: /;

/**
 * Counts the nodes that a dbt command has finished, by the lines of its log. dbt numbers the nodes in the order in which it starts
 * them, so the last lines of a long log are enough. The count is undefined when the log has no such line: before the first node,
 * for commands without nodes, and when dbt Cloud does not give the log of a running step.
 */
export function nodesDone(log: string): NodesDone | undefined {
  let started = 0;
  const running = new Set<string>();
  let total: number | undefined;
  for (const line of linesOf(log)) {
    const [, number, count, word] = NODE.exec(line) ?? [];
    if (number === undefined || count === undefined || HOOK.test(line)) continue;
    total = Number(count);
    started = Math.max(started, Number(number));
    if (word === "START") running.add(number);
    else running.delete(number);
  }
  if (total === undefined) return undefined;
  return { done: started - running.size, total };
}

/** A duration as dbt Cloud writes it: `00:01:20`. */
function clockDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
