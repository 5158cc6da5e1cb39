import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const stateSchema = z.object({
  version: z.literal(1),
  sent: z.array(z.object({ route: z.string(), id: z.string(), fingerprint: z.string(), subject: z.string() })),
});

/** What a receiver was told about a cause that has not recovered. */
export type Sent = z.output<typeof stateSchema>["sent"][number];

/**
 * What the receivers of messages know. A file keeps it between two calls. It is replaced in one step after each message, so that a
 * program that is killed repeats one message at most. Without the file, or when it is damaged, every open cause is told again.
 */
export class AlertState {
  private sent: readonly Sent[];

  constructor(private readonly file: string) {
    this.sent = readFrom(file);
  }

  /** What a receiver was told. */
  toldTo(route: string): Sent[] {
    return this.sent.filter((one) => one.route === route);
  }

  /** Records everything that a receiver knows, after it got a message. */
  record(route: string, told: readonly Omit<Sent, "route">[]): void {
    const others = this.sent.filter((one) => one.route !== route);
    this.sent = [...others, ...told.map((one) => ({ route, ...one }))];
    mkdirSync(dirname(this.file), { recursive: true });
    const next = `${this.file}.${process.pid}`;
    writeFileSync(next, JSON.stringify({ version: 1, sent: this.sent }));
    renameSync(next, this.file);
  }
}

function readFrom(file: string): readonly Sent[] {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, "utf8"))).sent;
  } catch {
    return [];
  }
}
