/** Time, as the client of dbt Cloud uses it. Tests pass another one. */
export interface Clock {
  /** The present time. */
  readonly now: () => Date;
  /** Waits for some milliseconds, or until the signal is aborted. */
  readonly pause: (milliseconds: number, stop?: AbortSignal) => Promise<void>;
  /** A signal that is aborted with a TimeoutError after some milliseconds. */
  readonly timeout: (milliseconds: number) => AbortSignal;
}

/** A number from 0 up to but not including 1, different each time. Tests pass another function. */
export type Random = () => number;

/** The time of this machine. */
export const systemClock: Clock = { now: () => new Date(), pause, timeout: (limit) => AbortSignal.timeout(limit) };

function pause(milliseconds: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (stop?.aborted) end();
    else stop?.addEventListener("abort", end);
  });
}
