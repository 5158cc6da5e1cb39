/** Time, as the local dbt Cloud uses it. Schedules, run times, and tokens take it from here. */
export interface Clock {
  /** The current time. */
  readonly now: () => Date;
  /**
   * Calls `action` once, at a time. If the time has passed, the call follows as soon as possible.
   *
   * @returns a function that prevents the call
   */
  readonly at: (time: Date, action: () => void) => () => void;
}

/** The longest wait in milliseconds, because a laptop that sleeps stops the timers of Node.js, but not the time. */
const LONGEST_WAIT = 30_000;

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  at: (time, action) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = time.getTime() - Date.now();
      timer = setTimeout(left > LONGEST_WAIT ? wait : action, Math.min(Math.max(left, 0), LONGEST_WAIT));
    };
    wait();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The time some seconds after another one. */
export function secondsLater(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

/** The time of a text such as `2026-01-01T00:00Z`, with an offset; undefined for other texts. */
export function timeOfText(text: string): Date | undefined {
  const time = new Date(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  return isTime && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** The time of a virtual clock, and its speed. */
export interface ClockState {
  readonly now: Date;
  /** Virtual seconds for each second of the machine. 0 stops the clock. */
  readonly speed: number;
}

interface Timer {
  readonly time: number;
  /** The number of the timer, from 1. Timers of the same time fire in this order. */
  readonly order: number;
  readonly action: () => void;
}

/**
 * A clock that starts at any time, runs at any speed, and can be moved forward. Each action happens exactly at its time:
 * the clock does not go past an action that has not happened. So two clocks with the same actions give the same history,
 * at any speed of the clock and of the machine.
 */
export class VirtualClock implements Clock {
  private readonly timers = new Set<Timer>();
  private count = 0;
  /** The virtual time at the moment `since` of the machine. */
  private base: number;
  private since = performance.now();
  /** Whether actions happen now. Then the time is `base`. */
  private isPassing = false;
  private moves: Promise<void> = Promise.resolve();
  private alarm: NodeJS.Timeout | undefined;

  /** @param speed virtual seconds for each second of the machine; 0 stops the clock */
  constructor(
    start: Date,
    private speed = 1,
  ) {
    this.base = start.getTime();
  }

  readonly now = (): Date =>
    new Date(this.isPassing ? this.base : Math.min(this.elapsed(), this.next()?.time ?? Infinity));

  readonly at = (time: Date, action: () => void): (() => void) => {
    const timer: Timer = { time: Math.max(time.getTime(), this.now().getTime()), order: ++this.count, action };
    this.timers.add(timer);
    this.setAlarm();
    return () => {
      this.timers.delete(timer);
    };
  };

  state(): ClockState {
    return { now: this.now(), speed: this.speed };
  }

  /** Changes the speed. */
  setSpeed(speed: number): void {
    this.base = this.now().getTime();
    this.since = performance.now();
    this.speed = speed;
    this.setAlarm();
  }

  /**
   * Moves the clock forward, and resolves when every action up to this time has happened. A time in the past changes
   * nothing.
   */
  moveTo(time: Date): Promise<void> {
    return this.passNext(() => time.getTime());
  }

  /** Stops the clock. Its actions do not happen any more. */
  stop(): void {
    this.timers.clear();
    clearTimeout(this.alarm);
  }

  /** The time that the speed gives. */
  private elapsed(): number {
    return this.base + (performance.now() - this.since) * this.speed;
  }

  private next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (!next || timer.time < next.time || (timer.time === next.time && timer.order < next.order)) next = timer;
    }
    return next;
  }

  private setAlarm(): void {
    clearTimeout(this.alarm);
    const next = this.next();
    if (this.isPassing || !next || this.speed === 0) return;
    const wait = Math.min(Math.max(next.time - this.elapsed(), 0) / this.speed, LONGEST_WAIT);
    this.alarm = setTimeout(() => {
      void this.passNext(() => this.elapsed());
    }, wait);
  }

  private passNext(until: () => number): Promise<void> {
    const moved = this.moves.then(() => this.pass(until));
    this.moves = moved.catch(() => undefined);
    return moved;
  }

  /** Lets the actions up to a time happen, one after the other, each with everything that follows from it. */
  private async pass(until: () => number): Promise<void> {
    await promisesSettled();
    const end = Math.max(until(), this.now().getTime());
    this.base = this.now().getTime();
    this.isPassing = true;
    try {
      for (let next = this.next(); next && next.time <= end; next = this.next()) {
        this.timers.delete(next);
        this.base = next.time;
        next.action();
        await promisesSettled();
      }
      this.base = end;
    } finally {
      this.since = performance.now();
      this.isPassing = false;
      this.setAlarm();
    }
  }
}

/** Node.js runs the callbacks of all settled promises before the next immediate callback. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
