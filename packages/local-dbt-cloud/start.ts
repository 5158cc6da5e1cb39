import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { readyLineSchema } from "./ready-line";
import type { startingWorldSchema } from "./seed";

/** Projects with environments at given ids. */
export type StartingWorld = z.input<typeof startingWorldSchema>;

/** The options for the start of a local dbt Cloud. */
export interface StartOptions {
  /** The folder of the git repository whose dbt project the jobs run. */
  readonly repo: string;
  /**
   * The folder in which state, logs and warehouses are kept.
   *
   * @default - nothing is kept
   */
  readonly state?: string;
  /**
   * The projects and environments to start with.
   *
   * @default - the platform team's project 102, as with `--seed`
   */
  readonly world?: StartingWorld;
  /**
   * Further options of the program, such as `--faults`.
   *
   * @default - none
   */
  readonly options?: readonly string[];
  /**
   * Environment variables in addition to those of this process.
   *
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
}

/** A local dbt Cloud that runs as a child process. */
export interface LocalDbtCloud {
  /** Its address, without `/api`. */
  readonly url: string;
  readonly token: string;
  readonly accountId: number;
  /** The file of the certificate that clients must trust; null without `--tls`. */
  readonly certificate: string | null;
  readonly process: ChildProcess;
  /** Ends it, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Thrown when the program ends before it answers. The message is what the program printed. */
export class StartError extends Error {
  constructor(printed: string) {
    super(printed || "The local dbt Cloud ended before it was ready, and printed no reason.");
    this.name = "StartError";
  }
}

const PROGRAM = join(__dirname, "bin.cjs");

/**
 * Starts a local dbt Cloud on a free port, and resolves when it answers.
 *
 * @throws StartError with what the program printed, when it ends before it answers
 */
export async function start({ repo, state, world, options = [], env }: StartOptions): Promise<LocalDbtCloud> {
  const folder = mkdtempSync(join(tmpdir(), "local-dbt-cloud-start-"));
  try {
    const file = join(folder, "world.json");
    if (world) writeFileSync(file, JSON.stringify(world));
    const server = spawn(
      process.execPath,
      [
        PROGRAM,
        "--json",
        ...["--port", "0", "--repo", repo],
        ...(state === undefined ? ["--ephemeral"] : ["--state", state]),
        ...(world ? ["--world", file] : ["--seed"]),
        ...options,
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
    );
    const ended = once(server, "exit");
    const ready = readyLineSchema.parse(JSON.parse(await readyLineOf(server)));
    const { url, token, account_id: accountId, certificate } = ready;
    const stop = async (): Promise<void> => {
      if (server.exitCode === null && server.signalCode === null) server.kill("SIGTERM");
      await ended;
    };
    return { url, token, accountId, certificate, process: server, stop };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first line of the program's output. Later output on stderr goes to stderr of this process. */
async function readyLineOf(server: ChildProcess): Promise<string> {
  let said = "";
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  server.stderr!.on("data", listen);
  for await (const line of createInterface({ input: server.stdout! })) {
    server.stderr!.off("data", listen).pipe(process.stderr, { end: false });
    server.stdout!.resume();
    return line;
  }
  throw new StartError(said.trim());
}
