import { DbtCloudClient } from "../dbt-cloud/client";
import type { Proxy } from "../dbt-cloud/transport";
import { ConfigurationError, type Problem } from "../env-files/problem";
import type { ProcessEnvironment } from "../env-files/process-environment";
import { withoutCredentials } from "../env-files/secrets";
import { isLoopback, type Settings } from "../env-files/settings";
import type { CommandDependencies } from "./commands/command";
import { localCloudOf, runningLocalClouds } from "./local-cloud";

/**
 * A client of the account that the env vars name.
 *
 * @throws ConfigurationError naming each missing variable with what it is for, a token that no request can carry, or a
 *   proxy that is not a URL
 */
export function connect(settings: Settings, { env, log, stop, clock, random }: CommandDependencies): DbtCloudClient {
  const token = tokenOf(env);
  const { accountId, host } = settings;
  if (accountId === undefined || !token) {
    throw new ConfigurationError([
      ...(accountId === undefined ? [missing("DBTCLOUD_ACCOUNT_ID", "the number of the dbt Cloud account")] : []),
      ...(token ? [] : [missing("DBTCLOUD_TOKEN", "the token by which dbt Cloud knows you")]),
    ]);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) throw new ConfigurationError([unusableToken(env)]);
  return new DbtCloudClient({
    host,
    accountId,
    token,
    proxy: proxyFor(host, env),
    readOnly: isOn(env["DBTCLOUD_READONLY"]),
    log,
    stop,
    clock,
    random,
  });
}

/** The token of dbt Cloud; undefined or empty when it is not set. */
export function tokenOf(env: ProcessEnvironment): string | undefined {
  return env["DBTCLOUD_TOKEN"]?.trim() || env["DBT_CLOUD_TOKEN"]?.trim();
}

/**
 * The proxy that the env vars name for a host, in upper or lower case. A request to this machine over plain http goes only through a
 * proxy on this machine, so that the token does not leave it without encryption.
 *
 * @throws ConfigurationError when the proxy is not a URL
 */
export function proxyFor(host: string, env: ProcessEnvironment): Proxy | undefined {
  const { protocol, hostname } = new URL(host);
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = inEitherCase(env, name);
  if (!value) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new ConfigurationError([unusableProxy(name, value)]);
  }
  const isExposed = protocol === "http:" && isLoopback(hostname) && !isLoopback(new URL(value).hostname);
  return isExposed ? undefined : { url: value, except: inEitherCase(env, "NO_PROXY") };
}

function inEitherCase(env: ProcessEnvironment, name: string): string | undefined {
  return env[name.toLowerCase()]?.trim() || env[name]?.trim();
}

function unusableProxy(name: string, value: string): Problem {
  return {
    file: "environment",
    path: name,
    reason: `${name} is not the URL of a proxy`,
    got: withoutCredentials(value),
    allowed: "http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT",
    fix: `correct ${name}, or unset it`,
  };
}

const PROXY_VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

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
    ...Object.fromEntries(PROXY_VARIABLES.map((name) => [name, undefined])),
  };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no"].includes(value.trim().toLowerCase());
}

/** The problem does not show the token. */
function unusableToken(env: ProcessEnvironment): Problem {
  const name = env["DBTCLOUD_TOKEN"]?.trim() ? "DBTCLOUD_TOKEN" : "DBT_CLOUD_TOKEN";
  return {
    file: "environment",
    path: name,
    reason: `${name} has a space, a line break or another character inside that no token has`,
    allowed: "one line of letters, digits and signs",
    fix: `copy the token again, and set ${name} to it alone`,
  };
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
