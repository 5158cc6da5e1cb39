import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const PROGRAM = join(__dirname, "..", "packages", "local-dbt-cloud", "bin.cjs");

/** A local dbt Cloud in a process of its own. */
export interface Server {
  /** From the start of the process until it listens. */
  readonly startSeconds: number;
  readonly url: string;
  readonly token: string;
}

/** Runs a measurement beside a local dbt Cloud with the platform team's world, and ends that again. */
export async function withServer<T>(args: readonly string[], measure: (server: Server) => Promise<T>): Promise<T> {
  const begin = performance.now();
  const child = spawn(process.execPath, [PROGRAM, "--port", "0", "--seed", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const { url, token } = await exportsOf(child.stdout);
    return await measure({ url, token, startSeconds: (performance.now() - begin) / 1000 });
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

/** The server prints its address and token once it listens. */
function exportsOf(stdout: NodeJS.ReadableStream): Promise<Pick<Server, "url" | "token">> {
  let printed = "";
  return new Promise((resolve, reject) => {
    stdout.on("data", (chunk) => {
      printed += String(chunk);
      const [, url] = /DBTCLOUD_HOST_URL=(\S+)/.exec(printed) ?? [];
      const [, token] = /DBTCLOUD_TOKEN=(\S+)/.exec(printed) ?? [];
      if (url !== undefined && token !== undefined) resolve({ url, token });
    });
    stdout.on("end", () => {
      reject(new Error(`the server did not start: ${printed}`));
    });
  });
}
