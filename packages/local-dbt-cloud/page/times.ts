import { clockDuration, secondsBetween } from "../resources/runs/durations";
import type { RunStep } from "../resources/runs/runs";
import type { World } from "../world";

/** The duration of a run or a step as `HH:MM:SS`: until now if it has not ended. */
export function duration(
  world: World,
  { started_at, finished_at }: Pick<RunStep, "started_at" | "finished_at">,
): string {
  return clockDuration(secondsBetween(started_at, finished_at, world.clock.now()));
}

/** A time without its seconds, in UTC. */
export function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
