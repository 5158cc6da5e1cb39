import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A note as GitLab answers it, with the fields that are read here. */
export interface GitlabNote {
  readonly id: number;
  readonly author: { readonly id: number };
  body: string;
}

/** What the server does instead of answering: a status with headers, or a lost connection after it did what was asked. */
export type Fault = "lost" | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** The id of the token's user. */
export const BOT = 70;
const TOKEN = "glpat-planted";
const LIMIT = 1_000_000;

/**
 * A stand-in of GitLab's API of notes, written from its documentation: https://docs.gitlab.com/api/notes/ and
 * https://docs.gitlab.com/api/merge_requests/#list-merge-request-pipelines. It has the merge request 3 of project 5.
 */
export class GitlabNotesServer {
  readonly token = TOKEN;
  readonly notes: GitlabNote[] = [];
  pipelines: number[] = [];
  /** The next answers, in order; a request that matches no pattern is answered as usual. */
  readonly faults: { readonly request: RegExp; readonly fault: Fault }[] = [];
  readonly requests: string[] = [];
  private readonly server: Server;
  private nextId = 1;

  constructor() {
    this.server = createServer((request, response) => {
      void read(request).then((text) => {
        const name = `${request.method} ${request.url}`;
        this.requests.push(name);
        const index = this.faults.findIndex((one) => one.request.test(name));
        const [planned] = index < 0 ? [] : this.faults.splice(index, 1);
        if (planned && planned.fault !== "lost") {
          response.writeHead(planned.fault.status, planned.fault.headers).end('{"message":"planted"}');
          return;
        }
        const { status, body } = this.answer(request, text);
        if (planned) request.socket.destroy();
        else
          response
            .writeHead(status, { "Content-Type": "application/json" })
            .end(body === undefined ? "" : JSON.stringify(body));
      });
    });
  }

  /** The address of the API. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v4`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  /** Adds a note, as a person or a bot wrote it. */
  add(body: string, author = BOT): GitlabNote {
    const note = { id: this.nextId++, author: { id: author }, body };
    this.notes.push(note);
    return note;
  }

  private answer(request: IncomingMessage, text: string): { readonly status: number; readonly body?: unknown } {
    const { pathname, searchParams } = new URL(request.url!, "http://gitlab");
    if (request.headers["private-token"] !== TOKEN) return { status: 401, body: { message: "401 Unauthorized" } };
    if (pathname === "/api/v4/user") return { status: 200, body: { id: BOT, username: "project_5_bot" } };
    const path = /^\/api\/v4\/projects\/5\/merge_requests\/3\/(pipelines|notes)(?:\/(\d+))?$/.exec(pathname);
    if (!path) return { status: 404, body: { message: "404 Not found" } };
    if (path[1] === "pipelines") return { status: 200, body: this.pipelines.map((id) => ({ id, status: "running" })) };
    return this.answerOfNotes(request, path[2], text, searchParams);
  }

  private answerOfNotes(
    { method }: IncomingMessage,
    id: string | undefined,
    text: string,
    query: URLSearchParams,
  ): { readonly status: number; readonly body?: unknown } {
    const body = text === "" ? "" : (JSON.parse(text) as { body: string }).body;
    if (body.length > LIMIT) return { status: 400, body: { message: "note is too long" } };
    if (id === undefined) {
      if (method === "POST") return { status: 201, body: this.add(body) };
      const size = Number(query.get("per_page") ?? 20);
      const start = (Number(query.get("page") ?? 1) - 1) * size;
      return { status: 200, body: this.notes.slice(start, start + size) };
    }
    const note = this.notes.find((one) => one.id === Number(id));
    if (!note) return { status: 404, body: { message: "404 Note Not Found" } };
    if (method === "PUT") {
      note.body = body;
      return { status: 200, body: note };
    }
    this.notes.splice(this.notes.indexOf(note), 1);
    return { status: 204 };
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
