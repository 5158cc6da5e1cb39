import { start } from "../../packages/local-dbt-cloud/start";
import type { Answer } from "./local-dbt-cloud";

/** A local dbt Cloud in a separate process. */
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
  const server = await start({ repo, options: ["--faults"] });
  const { url, token, accountId } = server;
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
    url,
    token,
    send: async (method, path, body) => {
      const [version, ...rest] = path.split("/");
      const text = await ask(method, `/api/${version}/accounts/${accountId}/${rest.join("/")}`, body);
      return text === "" ? undefined : (JSON.parse(text) as { data: unknown }).data;
    },
    order: async (...faults) => {
      await ask("PUT", "/local/faults", faults);
    },
    stop: () => server.stop(),
  };
}
