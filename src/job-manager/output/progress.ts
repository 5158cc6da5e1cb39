/** Messages of a command while it works. */
export interface Progress {
  /** One step is done: step number `done` of `total`. */
  step(line: string, done: number, total: number): void;
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

/** Writes messages: on a terminal each step replaces the last one, elsewhere each step has its own line. */
export function progressOn(stream: Stream): Progress {
  return stream.isTTY ? new ReplacedLine(stream) : new PlainLines(stream);
}

class PlainLines implements Progress {
  constructor(private readonly stream: Stream) {}

  step(line: string, done: number, total: number): void {
    this.stream.write(`${line} (${done} of ${total})\n`);
  }

  note(line: string): void {
    this.stream.write(`${line}\n`);
  }

  end(): void {
    // Each line is already complete.
  }
}

class ReplacedLine implements Progress {
  constructor(private readonly stream: Stream) {}

  step(line: string, done: number, total: number): void {
    const text = `${done} of ${total}  ${line}`;
    this.stream.write(`${ERASE_LINE}${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
  }

  note(line: string): void {
    this.stream.write(`${ERASE_LINE}${line}\n`);
  }

  end(): void {
    this.stream.write(ERASE_LINE);
  }
}
