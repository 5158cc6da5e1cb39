import { environmentSchema } from "./definition";
import { ConfigurationError, type Problem } from "./problem";
import type { ProcessEnvironment } from "./process-environment";
import { withoutCredentials } from "./secrets";

/** The default address of dbt Cloud. */
const DEFAULT_HOST = "https://cloud.getdbt.com";

/** The checked settings from the process's env vars. They contain no secret. */
export interface Settings {
  /** The dbt Cloud account; if undefined, the provider decides. */
  readonly accountId?: number;
  /** The URL of dbt Cloud, without `/api` and without a slash at the end. */
  readonly host: string;
  /** Whether the host is the default because no env var sets it. */
  readonly hostIsDefault: boolean;
  /** Replaces the project of files that the API applies. Must be the same as in files that Terraform applies. */
  readonly projectId?: number;
  /** Replaces the environment of files that the API applies. */
  readonly environmentId?: number;
  /** Replaces the team of files that the API applies. Must be the same as in files that Terraform applies. */
  readonly team?: string;
  /** GitLab's `…/terraform/state`; each stack has its state below it. If undefined, state is in local files. */
  readonly stateUrl?: string;
  /** Whether the token is set only in the spelling that the Terraform provider does not read. */
  readonly tokenOnlyInOurSpelling: boolean;
}

/**
 * Reads the settings from env vars, in the spelling `DBTCLOUD_…` or in the provider's, `DBT_CLOUD_…`. An empty value
 * counts as unset.
 *
 * @throws ConfigurationError with all invalid variables. A host that is not this machine and would receive the token over plain
 *   http is invalid unless `DBTCLOUD_ALLOW_HTTP` is 1.
 */
export function readSettings(env: ProcessEnvironment): Settings {
  const problems: Problem[] = [];
  const report = (problem: Problem): void => {
    problems.push(problem);
  };
  const hostVariable = eitherSpelling(env, "HOST_URL", report);
  const host = toHost(hostVariable, report);
  if (host !== undefined && isPlainHttp(host) && named(env, ALLOW_HTTP)?.value !== "1") {
    report(plainHttp(hostVariable!.name, host));
  }
  const settings: Settings = {
    accountId: toId(eitherSpelling(env, "ACCOUNT_ID", report), report),
    host: host ?? DEFAULT_HOST,
    hostIsDefault: host === undefined,
    projectId: toId(named(env, "PROJECT_ID"), report),
    environmentId: toId(named(env, "ENVIRONMENT_ID"), report),
    team: toTeam(named(env, "TEAM_NAME"), report),
    stateUrl: toStateUrl(named(env, "TF_STATE_URL"), report),
    tokenOnlyInOurSpelling: !!env["DBTCLOUD_TOKEN"] && !env["DBT_CLOUD_TOKEN"],
  };
  if (problems.length > 0) throw new ConfigurationError(problems);
  return settings;
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

type Report = (problem: Problem) => void;

function named(env: ProcessEnvironment, name: string): Variable | undefined {
  const value = env[name]?.trim();
  return value ? { name, value } : undefined;
}

function eitherSpelling(env: ProcessEnvironment, suffix: string, report: Report): Variable | undefined {
  const ours = named(env, `DBTCLOUD_${suffix}`);
  const providers = named(env, `DBT_CLOUD_${suffix}`);
  if (ours && providers && trimHost(ours.value) !== trimHost(providers.value)) {
    report({
      file: "environment",
      path: ours.name,
      reason: `${ours.name} and ${providers.name} differ`,
      got: `${withoutCredentials(ours.value)} and ${withoutCredentials(providers.value)}`,
      allowed: "one value in both spellings",
      fix: `unset one of the two`,
    });
    return undefined;
  }
  return ours ?? providers;
}

function toId(variable: Variable | undefined, report: Report): number | undefined {
  if (!variable) return undefined;
  if (/^[1-9]\d*$/.test(variable.value) && Number.isSafeInteger(Number(variable.value))) return Number(variable.value);
  report({
    file: "environment",
    path: variable.name,
    reason: `${variable.name} is not an id`,
    got: withoutCredentials(variable.value),
    allowed: "a whole number from 1",
    fix: `set ${variable.name} to the number that dbt Cloud shows in its URLs`,
  });
  return undefined;
}

function toTeam(variable: Variable | undefined, report: Report): string | undefined {
  if (!variable || environmentSchema.shape.team.safeParse(variable.value).success) return variable?.value;
  report({
    file: "environment",
    path: variable.name,
    reason: `${variable.name} cannot be the start of a job's name`,
    got: withoutCredentials(variable.value),
    allowed: "lower case letters and digits, words joined by single hyphens, starting with a letter",
    fix: `set ${variable.name} to a name such as marketing-team`,
  });
  return undefined;
}

function toHost(variable: Variable | undefined, report: Report): string | undefined {
  const url = toUrl(variable, report, DEFAULT_HOST);
  if (url === undefined || /^\/*(?:api\/*)?$/i.test(new URL(url).pathname)) return url && new URL(url).origin;
  report({
    file: "environment",
    path: variable!.name,
    reason: `${variable!.name} names a page of dbt Cloud`,
    got: withoutCredentials(url),
    allowed: "the host alone, with or without /api",
    fix: `set it to ${new URL(url).origin}`,
  });
  return undefined;
}

const ALLOW_HTTP = "DBTCLOUD_ALLOW_HTTP";

/** Whether requests to a host leave this machine without encryption. */
function isPlainHttp(host: string): boolean {
  const { protocol, hostname } = new URL(host);
  return protocol === "http:" && !isLoopback(hostname);
}

/** Whether a host name of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/i.test(hostname);
}

function plainHttp(name: string, host: string): Problem {
  return {
    file: "environment",
    path: name,
    reason: `${name} would send the token without encryption`,
    got: host,
    allowed: "an https URL, or http to this machine",
    fix: `set it to ${host.replace("http:", "https:")}, or set ${ALLOW_HTTP}=1 if you trust the network`,
  };
}

function toStateUrl(variable: Variable | undefined, report: Report): string | undefined {
  const url = toUrl(variable, report, "https://gitlab.example.com/api/v4/projects/1/terraform/state");
  return url?.replace(/\/+$/, "");
}

function toUrl(variable: Variable | undefined, report: Report, example: string): string | undefined {
  if (!variable) return undefined;
  const url = URL.canParse(variable.value) ? new URL(variable.value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !/[?#{}]/.test(variable.value)) {
    return variable.value;
  }
  report({
    file: "environment",
    path: variable.name,
    reason: `${variable.name} ${urlFault(url)}`,
    got: withoutCredentials(variable.value),
    allowed: "an http or https URL without credentials or query",
    fix: `set it to a URL such as ${example}`,
  });
  return undefined;
}

function urlFault(url: URL | undefined): string {
  if (!url || !/^https?:$/.test(url.protocol)) return "is not a URL";
  return url.username || url.password ? "has credentials" : "has more than an address";
}

function trimHost(url: string): string {
  return url
    .replace(/\/+$/, "")
    .replace(/\/api$/, "")
    .replace(/\/+$/, "");
}
