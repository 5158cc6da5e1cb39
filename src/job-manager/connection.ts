import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DbtCloudClient } from "../dbt-cloud/client";
import { ConfigurationError, type Problem } from "../env-files/problem";
import type { ProcessEnvironment } from "../env-files/process-environment";
import type { Settings } from "../env-files/settings";
import type { CommandDependencies } from "./commands/command";

/** Where a local dbt Cloud leaves its address and token, below the project's root. */
const LOCAL_FOLDER = ".local-dbt-cloud";
const LOCAL_ACCOUNT = "12345";

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
 * The env vars with those of the local dbt Cloud in place of the real one's.
 *
 * @param root the project's root, in which the local dbt Cloud was started
 * @throws ConfigurationError when none was started there
 */
export function localEnvironment(env: ProcessEnvironment, root: string): ProcessEnvironment {
  const [url, token] = ["url", "token"].map((name) => join(root, LOCAL_FOLDER, name));
  if (!existsSync(url!) || !existsSync(token!)) {
    throw new ConfigurationError([
      {
        file: join(root, LOCAL_FOLDER),
        path: "",
        reason: "no local dbt Cloud has been started here",
        allowed: "--local beside a local dbt Cloud that runs",
        fix: "run `npx local-dbt-cloud --seed` in another shell",
      },
    ]);
  }
  return {
    ...env,
    DBTCLOUD_HOST_URL: readFileSync(url!, "utf8").trim(),
    DBTCLOUD_ACCOUNT_ID: LOCAL_ACCOUNT,
    DBTCLOUD_TOKEN: readFileSync(token!, "utf8").trim(),
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
