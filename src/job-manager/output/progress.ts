import type { Clock } from "../../dbt-cloud/clock";
import { printable } from "../../jobs/printable";
import type { Clean } from "./clean";

/** Messages of a command while it works. */
export interface Progress {
  /** One step is done: step number `done` of `total`. */
  step(line: string, done: number, total: number): void;
  /** What happens now, for people who wait. Each state replaces the last one. */
  state(line: string): void;
  /** A message that stays on the screen. */
  note(line: string): void;
  /** There are no more messages. */
  end(): void;
}

/** The stream that messages are written to. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = "\r\u001b[2K";

/** Without a terminal, a state is a line of its own. More of them would only make a log long. */
const SECONDS_BETWEEN_STATES = 30;

/**
 * Writes messages. On a terminal each step or state replaces the last one. Elsewhere each step has its own line, and a state has one
 * when no other line was written for 30 seconds.
 */
export function progressOn(stream: Stream, clock: Pick<Clock, "now">, clean: Clean): Progress {
  return stream.isTTY ? new ReplacedLine(stream, clean) : new PlainLines(stream, clock, clean);
}

class PlainLines implements Progress {
  private written: number;

  constructor(
    private readonly stream: Stream,
    private readonly clock: Pick<Clock, "now">,
    private readonly clean: Clean,
  ) {
    this.written = clock.now().getTime();
  }

  step(line: string, done: number, total: number): void {
    this.note(printable(`${line} (${done} of ${total})`));
  }

  state(line: string): void {
    if (this.clock.now().getTime() - this.written >= SECONDS_BETWEEN_STATES * 1000) this.note(printable(line));
  }

  note(line: string): void {
    this.written = this.clock.now().getTime();
    this.stream.write(`${this.clean(line)}\n`);
  }

  end(): void {
    // Each line is already complete.
  }
}

class ReplacedLine implements Progress {
  constructor(
    private readonly stream: Stream,
    private readonly clean: Clean,
  ) {}

  step(line: string, done: number, total: number): void {
    this.state(`${done} of ${total}  ${line}`);
  }

  state(line: string): void {
    const text = this.clean(printable(line));
    this.stream.write(`${ERASE_LINE}${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
  }

  note(line: string): void {
    this.stream.write(`${ERASE_LINE}${this.clean(line)}\n`);
  }

  end(): void {
    this.stream.write(ERASE_LINE);
  }
}
