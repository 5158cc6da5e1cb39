import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Answer } from "./local-dbt-cloud";

const PROGRAM = resolve(__dirname, "../../packages/local-dbt-cloud/bin.cjs");

/** A local dbt Cloud in a process of its own. */
export interface LocalCloudProcess {
  readonly url: string;
  readonly token: string;
  /** Sends a request below the account and returns its data. */
  readonly send: (method: string, path: string, body?: unknown) => Promise<Answer["body"]["data"]>;
  /** Replaces the faults. */
  readonly order: (...faults: readonly object[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a local dbt Cloud with the platform team's world that keeps nothing.
 *
 * @param repo the folder of the dbt project that its jobs run
 */
export async function startLocalCloud(repo: string): Promise<LocalCloudProcess> {
  const args = ["--seed", "--faults", "--ephemeral", "--port", "0", "--repo", repo];
  const server = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  while (!printed.includes("in a browser")) {
    const [chunk] = (await once(server.stdout, "data")) as [Buffer];
    printed += chunk.toString();
  }
  const [url, token] = ["DBTCLOUD_HOST_URL", "DBTCLOUD_TOKEN"].map(
    (name) => new RegExp(`export ${name}=(\\S+)`).exec(printed)![1]!,
  );
  const ask = async (method: string, path: string, body?: unknown): Promise<string> => {
    const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return text;
  };
  return {
    url: url!,
    token: token!,
    send: async (method, path, body) => {
      const [version, ...rest] = path.split("/");
      const text = await ask(method, `/api/${version}/accounts/12345/${rest.join("/")}`, body);
      return text === "" ? undefined : (JSON.parse(text) as { data: unknown }).data;
    },
    order: async (...faults) => {
      await ask("PUT", "/local/faults", faults);
    },
    stop: async () => {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    },
  };
}
