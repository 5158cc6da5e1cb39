import { systemClock, type Clock } from "../../src/dbt-cloud/clock";

/** A clock on which every pause ends at once. */
export interface TestClock extends Clock {
  /** The lengths of all pauses so far, in milliseconds. */
  readonly pauses: readonly number[];
}

/** Makes a clock without pauses. It shows the real time unless a test sets the time. */
export function testClock(more: Partial<Clock> = {}): TestClock {
  const pauses: number[] = [];
  const pause = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return new Promise((resolve) => setImmediate(resolve));
  };
  return { ...systemClock, pause, ...more, pauses };
}
