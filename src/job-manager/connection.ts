import { DbtCloudClient } from "../dbt-cloud/client";
import { ConfigurationError, type Problem } from "../env-files/problem";
import type { ProcessEnvironment } from "../env-files/process-environment";
import type { Settings } from "../env-files/settings";
import type { CommandDependencies } from "./commands/command";
import { localCloudOf, runningLocalClouds } from "./local-cloud";

/**
 * A client of the account that the env vars name.
 *
 * @throws ConfigurationError naming each missing variable with what it is for
 */
export function connect(settings: Settings, { env, log, stop, clock, random }: CommandDependencies): DbtCloudClient {
  const token = env["DBTCLOUD_TOKEN"]?.trim() || env["DBT_CLOUD_TOKEN"]?.trim();
  const { accountId, host } = settings;
  if (accountId === undefined || !token) {
    throw new ConfigurationError([
      ...(accountId === undefined ? [missing("DBTCLOUD_ACCOUNT_ID", "the number of the dbt Cloud account")] : []),
      ...(token ? [] : [missing("DBTCLOUD_TOKEN", "the token by which dbt Cloud knows you")]),
    ]);
  }
  return new DbtCloudClient({
    host,
    accountId,
    token,
    readOnly: isOn(env["DBTCLOUD_READONLY"]),
    log,
    stop,
    clock,
    random,
  });
}

/**
 * The environment variables, with those of a local dbt Cloud in place of the real one's.
 *
 * @param root the project's root
 * @throws ConfigurationError when no local dbt Cloud runs, or several do and none of them belongs to the project
 */
export function localEnvironment(env: ProcessEnvironment, root: string): ProcessEnvironment {
  const { url, token, account_id } = localCloudOf(root, runningLocalClouds(env));
  return {
    ...env,
    DBTCLOUD_HOST_URL: url,
    DBTCLOUD_ACCOUNT_ID: String(account_id),
    DBTCLOUD_TOKEN: token,
    DBT_CLOUD_HOST_URL: undefined,
    DBT_CLOUD_ACCOUNT_ID: undefined,
    DBT_CLOUD_TOKEN: undefined,
  };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no"].includes(value.trim().toLowerCase());
}

function missing(name: string, purpose: string): Problem {
  return {
    file: "environment",
    path: name,
    reason: `it is not set: ${purpose}`,
    allowed: "a value from dbt Cloud",
    fix: `export ${name}=…, or use --local to try it without an account`,
  };
}
