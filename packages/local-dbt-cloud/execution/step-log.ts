import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Mask } from "./secrets";

/** The log of one step, written line by line, so that it can be read while the step runs. Without lines there is no file. */
export class StepLog {
  private descriptor: number | undefined;

  /** @param file the file of the log; undefined keeps no line */
  constructor(
    private readonly file: string | undefined,
    private readonly mask: Mask,
  ) {}

  line(text: string): void {
    if (this.file === undefined) return;
    this.descriptor ??= open(this.file);
    writeSync(this.descriptor, `${this.mask(text)}\n`);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}

function open(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, "a", 0o600);
}
