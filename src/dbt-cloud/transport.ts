import type { FailureReport } from "./errors";

/** The proxy between the client and dbt Cloud. */
export interface Proxy {
  /** Its URL: `http://proxy.example.com:3128`. A user and a password can be part of it. */
  readonly url: string;
  /** The hosts that are reached without it, in the form of the environment variable `NO_PROXY`: `localhost,.example.com`. */
  readonly except?: string;
}

/** Sends a request, as the global `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Makes a function that sends requests, through a proxy if there is one. It loads undici with the first request through a proxy,
 * because the `fetch` of Node.js 20 does not know proxies.
 */
export function fetchThrough(proxy: Proxy | undefined): Fetch {
  if (!proxy) return (url, init) => fetch(url, init);
  let proxied: Promise<Fetch> | undefined;
  return async (url, init) => {
    proxied ??= loadUndici(proxy);
    return (await proxied)(url, init);
  };
}

async function loadUndici({ url: proxy, except = "" }: Proxy): Promise<Fetch> {
  const { EnvHttpProxyAgent, fetch: send } = await import("undici");
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy: except });
  type Init = NonNullable<Parameters<typeof send>[1]>;
  return async (url, init) => {
    const answer: unknown = await send(url, { ...(init as Init), dispatcher });
    return answer as Response;
  };
}

/** Why no answer of dbt Cloud came, and what a person can do about it. */
export type Fault = Omit<FailureReport, "request">;

/** The refusal of a proxy, by the status of its answer. */
function proxyRefusal(status: number, host: string): Fault {
  const detail = `the request was for ${host}`;
  if (status === 407) {
    const fix = "set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT";
    return { problem: "the proxy asks for a user and a password (407)", fix, detail };
  }
  const fix = "check HTTPS_PROXY, or ask the people who run the proxy";
  return { problem: `the proxy refused the connection (${status})`, fix, detail };
}

/**
 * The fault of an answer that does not come from dbt Cloud. A second attempt would have the same result. Undefined when the answer
 * comes from dbt Cloud.
 *
 * @param host the address of dbt Cloud
 */
export function detourOf({ status, headers }: Response, host: string): Fault | undefined {
  if (status === 407) return proxyRefusal(status, host);
  if (status < 300 || status > 399) return undefined;
  const location = headers.get("location") ?? "";
  const target = URL.canParse(location, host) ? new URL(location, host) : undefined;
  const place = target ? `${target.origin}${target.pathname}` : "another address";
  return {
    problem: `${host} redirects to another address (${status})`,
    fix: "check DBTCLOUD_HOST_URL",
    detail: `the address is ${place}, and the token is not sent there`,
  };
}

/**
 * The fault of a request without an answer, when a second attempt would have the same result; undefined when it may succeed.
 *
 * @param host the address of dbt Cloud
 */
export function finalFault(error: unknown, host: string): Fault | undefined {
  const texts = messagesIn(error);
  const tunnel = texts.map((text) => /^Proxy response \((\d+)\)/.exec(text)?.[1]).find(Boolean);
  if (tunnel !== undefined && Number(tunnel) < 500) return proxyRefusal(Number(tunnel), host);
  if (texts.includes("proxy authentication required") || isUnexplained(error)) return proxyRefusal(407, host);
  const distrust = distrustOf(error);
  if (distrust !== undefined) {
    const fix =
      "set NODE_EXTRA_CA_CERTS to a PEM file with the certificate authority of dbt Cloud's address or of the proxy";
    return { problem: `the certificate of ${host} is not trusted`, fix, detail: distrust };
  }
  if (texts.includes("bad port")) {
    const fix = "use another port in DBTCLOUD_HOST_URL";
    return { problem: `the port of ${host} is blocked, because other protocols use it`, fix };
  }
  return undefined;
}

/** `fetch` fails without any reason when the status of an answer is 407, and only then. */
function isUnexplained(error: unknown): boolean {
  const { message, cause } = (error ?? {}) as { message?: unknown; cause?: { message?: unknown; code?: unknown } };
  return message === "fetch failed" && cause?.message === "" && cause.code === undefined && !("errors" in cause);
}

/** Node.js's codes for a certificate whose authority it does not know. */
const UNTRUSTED = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** Why the certificate of the other side is not trusted; undefined when that is not the cause. */
function distrustOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  return UNTRUSTED.includes(String(code)) ? String(message) : distrustOf(cause);
}

/** The messages of an error, of its cause, and so on. Empty messages are left out. */
export function messagesIn(error: unknown): string[] {
  if (typeof error !== "object" || error === null || !("message" in error)) return [];
  const { message, cause, errors } = error as { message: unknown; cause?: unknown; errors?: unknown };
  const several = Array.isArray(errors) ? errors.flatMap(messagesIn).join("; ") : "";
  return [String(message), several, ...messagesIn(cause)].filter(Boolean);
}
