/** Time, as the client of dbt Cloud uses it. Tests pass another one. */
export interface Clock {
  /** The present time. */
  readonly now: () => Date;
  /** Waits for some milliseconds, or until the signal is aborted. */
  readonly pause: (milliseconds: number, stop?: AbortSignal) => Promise<void>;
  /**
   * Calls a function with a signal that is aborted with a TimeoutError after some milliseconds. Until the function is done, the
   * process does not end.
   */
  readonly within: <T>(milliseconds: number, act: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** A number from 0 up to but not including 1, different each time. Tests pass another function. */
export type Random = () => number;

/** The time of this machine. */
export const systemClock: Clock = { now: () => new Date(), pause, within };

async function within<T>(milliseconds: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // The timer of AbortSignal.timeout would let the process end when `fetch` loses a request, which it does now and then.
  const timer = setTimeout(() => {
    controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  }, milliseconds);
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

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
