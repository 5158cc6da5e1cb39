import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Address } from "./cloud";

/** A local dbt Cloud in a process of its own, on a free port, that keeps nothing. */
export interface LocalServer extends Address {
  stop(): Promise<void>;
}

const SERVER = join(__dirname, "..", "bin.cjs");

/**
 * Starts a local dbt Cloud.
 *
 * @param repo the dbt project that its jobs run
 */
export async function startLocalServer(repo: string): Promise<LocalServer> {
  const server = spawn(process.execPath, [SERVER, "--port", "0", "--ephemeral", "--seed", "--repo", repo], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  for await (const chunk of server.stdout) {
    printed += String(chunk);
    if (!printed.includes("in a browser")) continue;
    const printedAs = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(printed)![1]!;
    server.stdout.resume();
    return {
      url: printedAs("DBTCLOUD_HOST_URL"),
      token: printedAs("DBTCLOUD_TOKEN"),
      accountId: Number(printedAs("DBTCLOUD_ACCOUNT_ID")),
      stop: async () => {
        const ended = once(server, "exit");
        server.kill("SIGTERM");
        await ended;
      },
    };
  }
  throw new Error(`the local dbt Cloud did not start: ${printed}`);
}
