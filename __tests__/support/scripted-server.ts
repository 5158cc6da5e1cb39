import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** A request to a scripted server. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An answer of a scripted server. `drop` closes the connection. */
export type Reply =
  "drop" | { readonly status?: number; readonly text?: string; readonly json?: unknown; readonly headers?: object };

/** Answers the nth request, counted from 0. */
export type Script = (asked: Asked, index: number) => Reply | Promise<Reply>;

/** A server on a loopback port that sends the test's answers. */
export interface ScriptedServer {
  readonly url: string;
  readonly asked: Asked[];
  /** `METHOD path?query` of each request. */
  readonly lines: () => string[];
  readonly close: () => Promise<void>;
}

/** Starts a scripted server. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    void answer(request, response, asked, script);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    lines: () => asked.map(({ method, url }) => `${method} ${url}`),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked[],
  script: Script,
): Promise<void> {
  const index = asked.length;
  const { method = "", url = "", headers } = request;
  const entry = { method, url, headers, body: "" };
  asked.push(entry);
  for await (const chunk of request) entry.body += String(chunk);
  const reply = await script(entry, index);
  if (reply === "drop") {
    request.socket.destroy();
    return;
  }
  const text = reply.text ?? (reply.json === undefined ? "" : JSON.stringify(reply.json));
  response.writeHead(reply.status ?? 200, { ...reply.headers }).end(text);
}

/** The envelope of one object. */
export function single(data: unknown): Reply {
  return { json: { status: { code: 200, is_success: true }, data } };
}

/** The page of a list for the query of a request. */
export function pageOf(items: readonly unknown[], { url }: Asked): Reply {
  const query = new URL(url, "http://localhost").searchParams;
  const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset") ?? 0)];
  const data = items.slice(offset, offset + limit);
  return {
    json: {
      status: { code: 200, is_success: true },
      data,
      extra: { pagination: { count: data.length, total_count: items.length } },
    },
  };
}
