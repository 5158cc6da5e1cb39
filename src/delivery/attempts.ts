import { DelegateBackoff, handleWhen, retry, timeout, TimeoutStrategy, wrap, TaskCancelledError } from "cockatiel";

/** The receiver did not answer as it should, but may do so at the next attempt. */
export class TemporaryFault extends Error {
  /** @param pause the pause that the receiver asks for, in milliseconds */
  constructor(
    message: string,
    readonly pause = 0,
  ) {
    super(message);
  }
}

const SHORTEST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 8_000;

/**
 * Repeats an attempt until it does not end with a {@link TemporaryFault}. The pauses grow, and are at least as long as the receiver
 * asks for.
 *
 * @param patience the time after which it gives up, in milliseconds
 * @param givenUp makes the error of an attempt that had no success in time, from the last fault
 */
export async function persistently<T>(
  patience: number,
  attempt: (stop: AbortSignal) => Promise<T>,
  givenUp: (fault: string) => Error,
): Promise<T> {
  let fault = "no answer";
  const pauseBefore = (count: number, error: unknown): number => {
    const own = Math.min(SHORTEST_PAUSE_MILLISECONDS * 2 ** count, LONGEST_PAUSE_MILLISECONDS);
    return Math.max(own, error instanceof TemporaryFault ? error.pause : 0);
  };
  const attempts = retry(
    handleWhen((error) => {
      fault = error.message;
      return error instanceof TemporaryFault;
    }),
    {
      maxAttempts: Infinity,
      backoff: new DelegateBackoff(({ attempt: count, result }) =>
        pauseBefore(count, "error" in result ? result.error : undefined),
      ),
    },
  );
  const policy = wrap(timeout(patience, TimeoutStrategy.Aggressive), attempts);
  try {
    return await policy.execute(({ signal }) => attempt(signal));
  } catch (error) {
    throw error instanceof TaskCancelledError ? givenUp(fault) : error;
  }
}

/** The fault of a status with which a server asks for another attempt; undefined for every other status. */
export function temporaryFault(request: string, { status, headers }: Response): TemporaryFault | undefined {
  if (status !== 429 && status < 500) return undefined;
  const seconds = Number(headers.get("Retry-After") ?? 0);
  return new TemporaryFault(`${request}: ${status}`, Number.isFinite(seconds) ? seconds * 1000 : 0);
}
