import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT } from "./programs";

/** A local dbt Cloud in a process of its own, asked over HTTP like the real one. */
export interface LocalCloud {
  /** The env vars by which programs find it. */
  readonly env: Readonly<Record<string, string>>;
  request(method: "GET" | "POST", path: string, body?: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** What rehearsals need of a run. */
export interface Run {
  readonly id: number;
  readonly status_humanized: string;
  readonly is_complete: boolean;
  readonly is_success: boolean;
  readonly duration: string;
  readonly run_steps: readonly {
    readonly name: string;
    readonly status_humanized: string;
    readonly selected_nothing: boolean;
    readonly logs: string;
  }[];
}

const SERVER = join(ROOT, "packages", "local-dbt-cloud", "bin.cjs");
const POLL_MILLISECONDS = 200;

/** Starts a local dbt Cloud on a free port, with the platform team's world and nothing kept. */
export async function startLocalCloud(): Promise<LocalCloud> {
  const server = spawn(process.execPath, [SERVER, "--port", "0", "--ephemeral", "--seed", "--repo", ROOT], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const env = await exportsOf(server);
  const base = `${env["DBTCLOUD_HOST_URL"]}/api/v2/accounts/${env["DBTCLOUD_ACCOUNT_ID"]}`;
  return {
    env,
    request: async (method, path, body) => {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Token ${env["DBTCLOUD_TOKEN"]}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
      return (JSON.parse(text) as { data: unknown }).data;
    },
    stop: async () => {
      if (server.exitCode !== null) return;
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    },
  };
}

/** Runs a job and waits for its end. */
export async function runJob(cloud: LocalCloud, jobId: number): Promise<Run> {
  const { id } = (await cloud.request("POST", `/jobs/${jobId}/run/`, { cause: "Rehearsal" })) as Run;
  for (;;) {
    const run = (await cloud.request("GET", `/runs/${id}/?include_related=run_steps`)) as Run;
    if (run.is_complete) return run;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** The server prints the env vars to export once it listens. */
async function exportsOf(server: ChildProcess): Promise<Record<string, string>> {
  let printed = "";
  for await (const chunk of server.stdout!) {
    printed += String(chunk);
    const found = [...printed.matchAll(/^ *export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name!, value!]);
    if (found.length >= 4) {
      server.stdout!.resume();
      return Object.fromEntries(found) as Record<string, string>;
    }
  }
  throw new Error(`the local dbt Cloud did not start: ${printed}`);
}
