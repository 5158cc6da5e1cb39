import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Decides about the nth request, counted from 1. Its line is `GET /api/v2/accounts/1/jobs/`. The proxy drops the request or its
 * answer when the function returns false.
 */
type Hook = (count: number, line: string) => boolean | Promise<boolean>;

/** What a proxy does to requests and answers. */
export interface ProxyHooks {
  readonly before?: Hook;
  readonly after?: Hook;
  /** Changes a request's path and query before the proxy forwards it: `POST /api/v2/accounts/1/jobs/`. */
  readonly redirect?: (method: string, url: string) => string;
  /** Changes the text of an answer. */
  readonly rewrite?: (method: string, url: string, text: string) => string;
}

/** A loopback proxy that counts requests. */
export interface RequestProxy {
  readonly url: string;
  /** The number of requests so far. */
  readonly count: () => number;
  /** Resolves when the proxy has forwarded every request and all connections are closed. */
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Starts a proxy in front of a server on loopback. */
export async function requestProxy(target: string, hooks: ProxyHooks): Promise<RequestProxy> {
  const handled: Promise<void>[] = [];
  const handle = async (incoming: IncomingMessage, response: ServerResponse, count: number): Promise<void> => {
    const body = await bodyOf(incoming);
    const { method = "", url = "" } = incoming;
    const line = `${method} ${url}`;
    if (hooks.before && !(await hooks.before(count, line))) return void incoming.socket.destroy();
    const answer = await forward(target, incoming, hooks.redirect?.(method, url) ?? url, body);
    if (hooks.after && !(await hooks.after(count, line))) return void incoming.socket.destroy();
    const text = hooks.rewrite?.(method, url, answer.body.toString());
    const { "content-length": _length, ...headers } = answer.headers;
    response.writeHead(answer.status, headers).end(text ?? answer.body);
  };
  const server = createServer((incoming, response) => {
    incoming.on("error", () => undefined);
    // A client that was killed during a request has sent nothing.
    handled.push(handle(incoming, response, handled.length + 1).catch(() => undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => handled.length,
    close: async () => {
      server.closeIdleConnections();
      server.close();
      await once(server, "close");
      await Promise.all(handled);
    },
  };
}

async function forward(
  target: string,
  { method, headers }: IncomingMessage,
  url: string,
  body: Buffer,
): Promise<Answer> {
  const sent = request(`${target}${url}`, { method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode!, headers: answer.headers, body: await bodyOf(answer) };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
