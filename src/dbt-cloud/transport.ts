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

/** The statuses with which a proxy refuses a connection, and what a person can do about them. */
function proxyRefusal(status: number): string {
  if (status === 407) {
    return "the proxy asks for a user and a password (407); set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT";
  }
  return `the proxy refused the connection (${status}); check HTTPS_PROXY, or ask whoever runs the proxy`;
}

/**
 * Why an answer does not come from dbt Cloud, and would not come at the next attempt either; undefined when it does come from there.
 *
 * @param host the address of dbt Cloud
 */
export function detourOf({ status, headers }: Response, host: string): string | undefined {
  if (status === 407) return proxyRefusal(status);
  if (status < 300 || status > 399) return undefined;
  const location = headers.get("location") ?? "";
  const target = URL.canParse(location, host) ? new URL(location, host) : undefined;
  const place = target ? `${target.origin}${target.pathname}` : "another address";
  return `it redirects to ${place} (${status}), and the token is not sent there; check DBTCLOUD_HOST_URL`;
}

/** Why a request got no answer, and would not get one at the next attempt either; undefined when it may. */
export function finalFault(error: unknown): string | undefined {
  const texts = messagesIn(error);
  const tunnel = texts.map((text) => /^Proxy response \((\d+)\)/.exec(text)?.[1]).find(Boolean);
  if (tunnel !== undefined && Number(tunnel) < 500) return proxyRefusal(Number(tunnel));
  if (texts.includes("proxy authentication required") || isUnexplained(error)) return proxyRefusal(407);
  if (texts.includes("bad port")) {
    return "its port is blocked, because other protocols use it; use another port in DBTCLOUD_HOST_URL";
  }
  return undefined;
}

/** `fetch` fails without any reason when the status of an answer is 407, and only then. */
function isUnexplained(error: unknown): boolean {
  const { message, cause } = (error ?? {}) as { message?: unknown; cause?: { message?: unknown; code?: unknown } };
  return message === "fetch failed" && cause?.message === "" && cause.code === undefined && !("errors" in cause);
}

/** The messages of an error, of its cause, and so on. Empty messages are left out. */
export function messagesIn(error: unknown): string[] {
  if (typeof error !== "object" || error === null || !("message" in error)) return [];
  const { message, cause, errors } = error as { message: unknown; cause?: unknown; errors?: unknown };
  const several = Array.isArray(errors) ? errors.flatMap(messagesIn).join("; ") : "";
  return [String(message), several, ...messagesIn(cause)].filter(Boolean);
}
