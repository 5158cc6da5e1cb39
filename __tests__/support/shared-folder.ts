import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const POLL_MILLISECONDS = 200;

/** The folder of this test run, which jest removes at the end. */
export function runFolder(): string {
  return process.env["RUN_FOLDER"]!;
}

/**
 * A folder that the first suite of a test run fills. Suites in other workers wait until it is full, so that an expensive
 * build happens once in a run.
 *
 * @param name the folder's name, one for each build
 * @param fill writes the files of the folder
 * @throws Error in every suite if `fill` threw in one of them
 */
export function sharedFolder(name: string, fill: (folder: string) => void): string {
  const folder = join(runFolder(), name);
  const owner = `${folder}.owner`;
  const outcome = `${folder}.outcome`;
  try {
    writeFileSync(owner, String(process.pid), { flag: "wx" });
  } catch {
    return waitFor(name, folder, owner, outcome);
  }
  mkdirSync(folder);
  try {
    fill(folder);
  } catch (error) {
    writeFileSync(outcome, String(error));
    throw error;
  }
  writeFileSync(outcome, "");
  return folder;
}

function waitFor(name: string, folder: string, owner: string, outcome: string): string {
  while (!existsSync(outcome)) {
    if (!isAlive(owner)) throw new Error(`The process that made ${name} has ended before it was made.`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MILLISECONDS);
  }
  const failure = readFileSync(outcome, "utf8");
  if (failure !== "") throw new Error(`Another suite could not make ${name}: ${failure}`);
  return folder;
}

function isAlive(owner: string): boolean {
  const pid = Number(readFileSync(owner, "utf8"));
  try {
    // The owner has not written its number yet.
    return pid === 0 || process.kill(pid, 0);
  } catch {
    return false;
  }
}
