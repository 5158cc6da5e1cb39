import { riseOf, type ChangedJob, type Effect } from "../../simulation/change";
import type { SimulatedDefinition } from "../../simulation/environment";
import { scheduleWords } from "./schedule-words";

/** What a change to env files does to deadlines: one sentence for each job that misses another number of them. */
export function changeSentences(jobs: readonly ChangedJob[], effects: readonly Effect[]): string[] {
  if (jobs.length === 0) return ["The change concerns no schedule, run_after, timeout or sla."];
  const actions = listed(jobs.map(actionWords));
  const subject = actions.charAt(0).toUpperCase() + actions.slice(1);
  if (effects.length === 0) return [`${subject} breaks no deadline more or less often than today.`];
  return effects.map((effect) => `${subject} ${effectWords(effect)}.`);
}

/** A mean of the trials with one decimal at most. */
export function rounded(value: number): string {
  return String(Number(value.toFixed(1)));
}

function actionWords({ key, before, after }: ChangedJob): string {
  if (!before) return `adding ${key}`;
  if (!after) return `removing ${key}`;
  if (startOf(before) === startOf(after)) return `changing ${key}`;
  const { schedule } = after;
  if (schedule && "at" in schedule && !schedule.days && !after.paused) return `moving ${key} to ${listed(schedule.at)}`;
  const words = startOf(after);
  return `running ${key} ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

function startOf(job: SimulatedDefinition): string {
  return scheduleWords(job);
}

function effectWords(effect: Effect): string {
  const { key, before, after } = effect;
  const shown = after ?? before;
  const noun = shown?.isOnWorkingDays ? "working days" : "days";
  const [old, missed] = [before, after].map((sla) => rounded(sla?.missed ?? 0));
  const days = `${missed} of ${shown?.days.length ?? 0} ${noun} instead of ${old}`;
  return riseOf(effect) > 0
    ? `breaks the deadline of ${key} on ${days}`
    : `lowers the missed deadlines of ${key} to ${days}`;
}

/** `a, b and c` */
function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
