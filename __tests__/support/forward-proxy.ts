import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** A loopback proxy of the kind that `HTTPS_PROXY` names. */
export interface ForwardProxy {
  readonly url: string;
  /** `CONNECT host:port`, or the method and the URL of a plain request. */
  readonly lines: string[];
  /** The values of `Proxy-Authorization`. */
  readonly credentials: (string | undefined)[];
  readonly close: () => Promise<void>;
}

/**
 * Starts a proxy.
 *
 * @param refusal the status with which it refuses every request; undefined lets all through
 */
export async function forwardProxy(refusal?: number): Promise<ForwardProxy> {
  const lines: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    lines.push(`${incoming.method} ${incoming.url}`);
    credentials.push(incoming.headers["proxy-authorization"]);
    if (refusal !== undefined) return void response.writeHead(refusal).end();
    const { method, headers } = incoming;
    const sent = request(incoming.url!, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(sent);
  });
  server.on("connect", (incoming, socket: Socket) => {
    lines.push(`CONNECT ${incoming.url}`);
    credentials.push(incoming.headers["proxy-authorization"]);
    socket.on("error", () => undefined);
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} Refused\r\n\r\n`);
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const target = connect(Number(port || 80), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.pipe(socket);
      socket.pipe(target);
    });
    target.on("error", () => socket.destroy());
    sockets.add(target);
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    credentials,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
