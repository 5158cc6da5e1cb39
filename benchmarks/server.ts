import { start, type LocalDbtCloud, type StartOptions } from "../packages/local-dbt-cloud/start";

/** A local dbt Cloud that runs as a child process. */
export interface Server extends LocalDbtCloud {
  /** The seconds from the start of the process to its first response. */
  readonly startSeconds: number;
}

/** Runs a measurement against a local dbt Cloud with the platform team's projects and environments. */
export async function withServer<T>(
  options: Pick<StartOptions, "state" | "options">,
  measure: (server: Server) => Promise<T>,
): Promise<T> {
  const begin = performance.now();
  const server = await start({ repo: ".", ...options });
  try {
    return await measure({ ...server, startSeconds: (performance.now() - begin) / 1000 });
  } finally {
    await server.stop();
  }
}
