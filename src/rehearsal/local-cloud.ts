import { start, type LocalDbtCloud } from "../../packages/local-dbt-cloud/start";
import { DbtCloudClient } from "../dbt-cloud/client";
import { loadEnvironments } from "../env-files/load";
import { join } from "node:path";
import type { Declared } from "./declared-jobs";
import { placesOf, worldAt } from "./places";
import { ROOT } from "./programs";

/** A running local dbt Cloud with the projects and environments of the env files. */
export interface RehearsalCloud {
  readonly client: DbtCloudClient;
  readonly declared: Declared;
  /** The env vars with which other programs find it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * All jobs that this repository declares.
 *
 * @throws ConfigurationError with all problems of all env files
 */
export function readDeclared(folder = join(ROOT, "environments")): Declared {
  const environments = loadEnvironments([folder], {});
  return { environments, places: placesOf(environments) };
}

/**
 * Starts a local dbt Cloud on a free port. It does not keep its state.
 *
 * @param repo the folder of the git repository whose dbt project the jobs run
 * @param dbt the program that runs as dbt: a path, or a name on PATH. Without it, the project's own dbt runs.
 */
export async function startRehearsalCloud(declared: Declared, repo = ROOT, dbt?: string): Promise<RehearsalCloud> {
  const options = dbt === undefined ? [] : ["--dbt", dbt];
  const cloud: LocalDbtCloud = await start({ repo, options, world: worldAt(declared.environments, declared.places) });
  const { url, token, accountId } = cloud;
  return {
    client: new DbtCloudClient({ host: url, accountId, token }),
    declared,
    env: {
      DBTCLOUD_HOST_URL: url,
      DBTCLOUD_ACCOUNT_ID: String(accountId),
      DBTCLOUD_TOKEN: token,
      DBT_CLOUD_TOKEN: token,
    },
    stop: () => cloud.stop(),
  };
}
