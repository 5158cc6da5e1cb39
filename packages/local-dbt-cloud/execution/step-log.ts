import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Mask } from "./secrets";

/** The log of one step, written line by line, so that it can be read while the step runs. Without a line it has no file. */
export class StepLog {
  private descriptor: number | undefined;

  constructor(
    private readonly file: string,
    private readonly mask: Mask,
  ) {}

  line(text: string): void {
    this.descriptor ??= this.open();
    writeSync(this.descriptor, `${this.mask(text)}\n`);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }

  private open(): number {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    return openSync(this.file, "a", 0o600);
  }
}
