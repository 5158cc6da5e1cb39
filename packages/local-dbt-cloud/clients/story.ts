import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";

/** How a story ended. */
export interface Outcome {
  /** The client's version; null when the story did not get that far. */
  readonly version: string | null;
  /** The titles of the steps that succeeded. */
  readonly passed: readonly string[];
  /** The step that failed, and why. */
  readonly failed: { readonly step: string; readonly problem: string } | undefined;
  /** Why this machine cannot have the client; undefined when it has it. */
  readonly missing: string | undefined;
}

const PREFIX = "story: ";
const lineSchema = z.union([
  z.object({ version: z.string() }),
  z.object({ missing: z.string() }),
  z.object({ step: z.string(), problem: z.string().optional() }),
]);

/**
 * Runs a story, which prints a line for each step. Other lines of its output are lost, except the last ones of a story that
 * ends outside its steps.
 *
 * @param seconds the time that it may take
 */
export async function runStory(
  python: string,
  file: string,
  { env, folder, seconds }: { readonly env: NodeJS.ProcessEnv; readonly folder: string; readonly seconds: number },
): Promise<Outcome> {
  const child = spawn(python, [file], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "close") as Promise<[number | null]>;
  const patience = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  const passed: string[] = [];
  const said: string[] = [];
  let version: string | null = null;
  let failed: Outcome["failed"];
  let missing: string | undefined;
  const read = (line: string): void => {
    if (!line.startsWith(PREFIX)) {
      said.push(line);
      return;
    }
    const told = lineSchema.parse(JSON.parse(line.slice(PREFIX.length)));
    if ("version" in told) version = told.version;
    else if ("missing" in told) missing = told.missing;
    else if (told.problem === undefined) passed.push(told.step);
    else failed = { step: told.step, problem: told.problem };
  };
  createInterface({ input: child.stdout }).on("line", read);
  createInterface({ input: child.stderr }).on("line", read);
  const [code] = await exited;
  clearTimeout(patience);
  if (code !== 0 && !failed) {
    const reason = code === null ? `it did not end within ${seconds} s` : `it ended with exit code ${code}`;
    failed = { step: "the end of the story", problem: [reason, ...said.slice(-3)].join(": ") };
  }
  return { version, passed, failed, missing };
}
