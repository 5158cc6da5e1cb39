/** dbt Cloud's numbers for the states of a run. */
export const RUN_STATUS = { queued: 1, starting: 2, running: 3, success: 10, error: 20, canceled: 30 } as const;

/** How a run can end, in dbt Cloud's words. */
export const RUN_ENDINGS = ["success", "error", "canceled"] as const;

/** How a run can end. */
export type RunEnding = (typeof RUN_ENDINGS)[number];

/** The states of a run that has not ended. */
export const UNFINISHED = [RUN_STATUS.queued, RUN_STATUS.starting, RUN_STATUS.running] as const;

/** Whether a run with this number has ended. */
export function hasEnded(status: number): boolean {
  return status >= RUN_STATUS.success;
}

/** The word for the number of an ending; undefined for every other number. */
export function endingOf(status: number): RunEnding | undefined {
  return RUN_ENDINGS.find((ending) => RUN_STATUS[ending] === status);
}
