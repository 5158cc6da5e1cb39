import type { SlaForecast } from "../../simulation/forecast";
import { changeSentences } from "./change-words";
import type { ResultOf } from "./result-schemas";
import type { Shown } from "./simulate-text";

/** The simulation for programs. */
export function simulationJson({ forecast, period, trials, seed, change, assumed }: Shown): ResultOf<"simulate"> {
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    trials,
    seed,
    jobs: forecast.jobs.map(({ environment, key, runs, failed, waitP95, sla }) => ({
      environment,
      key,
      runs,
      failed,
      wait_p95_seconds: waitP95,
      sla: sla ? slaJson(sla) : null,
    })),
    slot_use: forecast.slotUse.map(({ environment, hours }) => ({ environment, hours: [...hours] })),
    assumed: { keys: [...assumed.keys], seconds: assumed.seconds },
    change: change
      ? {
          sentences: changeSentences(change.jobs, change.effects),
          effects: change.effects.map(({ environment, key, before, after }) => ({
            environment,
            key,
            due: after?.days.length ?? 0,
            missed_before: before?.missed ?? 0,
            missed_after: after?.missed ?? 0,
          })),
        }
      : null,
  };
}

function slaJson({
  finishBy,
  days,
  missed,
  path,
}: SlaForecast): NonNullable<ResultOf<"simulate">["jobs"][number]["sla"]> {
  return {
    finish_by: finishBy,
    due: days.length,
    missed,
    days: days
      .filter((day) => day.missed > 0)
      .map((day) => ({ deadline: day.at.toISOString(), missed_share: day.missed })),
    critical_path: path ? { share: path.share, runs: path.steps.map(({ key, start }) => ({ key, start })) } : null,
  };
}
