/** dbt Cloud's numbers of run states. */
export const RUN_STATUS = { queued: 1, starting: 2, running: 3, success: 10, error: 20, canceled: 30 } as const;

/** The results of a run, with dbt Cloud's names. */
export const RUN_ENDINGS = ["success", "error", "canceled"] as const;

/** The results of a run. */
export type RunEnding = (typeof RUN_ENDINGS)[number];

/** The states of a run that has not ended. */
export const UNFINISHED = [RUN_STATUS.queued, RUN_STATUS.starting, RUN_STATUS.running] as const;

/** Whether a run with this number has ended. */
export function hasEnded(status: number): boolean {
  return status >= RUN_STATUS.success;
}

/** The name of a result by its number; undefined for all other numbers. */
export function endingOf(status: number): RunEnding | undefined {
  return RUN_ENDINGS.find((ending) => RUN_STATUS[ending] === status);
}
