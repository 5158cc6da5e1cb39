import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Mask } from "./secrets";

/** The log of one step, written line by line, so that it can be read while the step runs. */
export class StepLog {
  private readonly descriptor: number;

  constructor(
    file: string,
    private readonly mask: Mask,
  ) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.descriptor = openSync(file, "a", 0o600);
  }

  line(text: string): void {
    writeSync(this.descriptor, `${this.mask(text)}\n`);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
