import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** An e-mail as the server received it. */
export interface ReceivedEmail {
  readonly from: string;
  readonly to: string;
  /** The headers and the body, with the transfer encoding of the body undone. */
  readonly text: string;
}

/** A mail server on a loopback port: RFC 5321 with AUTH PLAIN, without TLS. */
export interface SmtpServer {
  readonly url: string;
  readonly emails: ReceivedEmail[];
  /** The answers to the next e-mails instead of `250`, such as `451 try later`. */
  readonly refusals: string[];
  readonly close: () => Promise<void>;
}

/** Starts a mail server for one user. */
export async function smtpServer(user: string, password: string): Promise<SmtpServer> {
  const emails: ReceivedEmail[] = [];
  const refusals: string[] = [];
  const login = Buffer.from(`\0${user}\0${password}`).toString("base64");
  const server: Server = createServer((socket) => {
    talk(socket, login, emails, refusals);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    emails,
    refusals,
    close: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

function talk(socket: Socket, login: string, emails: ReceivedEmail[], refusals: string[]): void {
  let [buffer, from, to, isData] = ["", "", "", false];
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const answer = (line: string): void => {
    const verb = line.split(/[ :]/)[0]!.toUpperCase();
    if (verb === "EHLO") say("250-loopback\r\n250 AUTH PLAIN");
    else if (verb === "AUTH") say(line === `AUTH PLAIN ${login}` ? "235 welcome" : `535 not ${line}`);
    else if (verb === "QUIT") socket.end("221 bye\r\n");
    else if (verb === "DATA") {
      isData = true;
      say("354 go on");
    } else {
      if (verb === "MAIL") from = /<(.*)>/.exec(line)![1]!;
      if (verb === "RCPT") to = /<(.*)>/.exec(line)![1]!;
      say("250 fine");
    }
  };
  say("220 loopback");
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    buffer += chunk.toString("utf8");
    for (;;) {
      const end = isData ? buffer.indexOf("\r\n.\r\n") : buffer.indexOf("\r\n");
      if (end < 0) return;
      const part = buffer.slice(0, end);
      buffer = buffer.slice(end + (isData ? 5 : 2));
      if (!isData) answer(part);
      else {
        isData = false;
        const refusal = refusals.shift();
        if (refusal === undefined) emails.push({ from, to, text: decoded(part) });
        say(refusal ?? "250 taken");
      }
    }
  });
}

/** Undoes quoted-printable. */
function decoded(text: string): string {
  const plain = text.replaceAll("=\r\n", "").replaceAll("\r\n", "\n");
  const bytes = plain.replace(/(?:=[0-9A-F]{2})+/g, (codes) =>
    Buffer.from(codes.replaceAll("=", ""), "hex").toString("utf8"),
  );
  return bytes;
}
