/** Where a command says what it is doing while it does it. */
export interface Progress {
  /** Something is done: the how-many-th of how many. */
  step(line: string, done: number, total: number): void;
  /** A line that stays. */
  note(line: string): void;
  /** Nothing more will be said. */
  end(): void;
}

/** What a progress writes to. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = "\r\u001b[2K";

/** On a terminal one line that is written over, elsewhere a line for each step. */
export function progressOn(stream: Stream): Progress {
  return stream.isTTY ? new MovingLine(stream) : new PlainLines(stream);
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
    // Every line is whole already.
  }
}

class MovingLine implements Progress {
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
