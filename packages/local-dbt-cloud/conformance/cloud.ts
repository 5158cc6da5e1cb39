import * as http from "node:http";
import * as https from "node:https";

/** The address of a dbt Cloud, and the account and token for it. */
export interface Address {
  /** Without `/api`. */
  readonly url: string;
  readonly token: string;
  readonly accountId: number;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An object as the API answers it. */
export type Data = Readonly<Record<string, unknown>> & { readonly id: number };

interface Received {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** A request with its answer. */
export interface Answer extends Received {
  readonly method: Method;
  /** Path and query, as they were sent. */
  readonly path: string;
  /** The body of an answer with the JSON content type. */
  readonly json: unknown;
}

/** The optional parts of a request. */
interface Extras {
  /** A text is sent unchanged, everything else as JSON. */
  readonly body?: unknown;
  /** Replaces all headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that sends requests exactly as the rules write them: it encodes, redirects and repeats nothing. */
export class Cloud {
  /** All requests and answers so far. */
  readonly answers: Answer[] = [];
  readonly accountId: number;
  /** The account's objects, by version of the API. */
  readonly v2: string;
  readonly v3: string;
  private readonly made: string[] = [];
  private readonly agent: http.Agent;

  constructor(private readonly address: Address) {
    this.accountId = address.accountId;
    this.v2 = `/api/v2/accounts/${address.accountId}`;
    this.v3 = `/api/v3/accounts/${address.accountId}`;
    const { Agent } = this.isSecure ? https : http;
    this.agent = new Agent({ keepAlive: true });
  }

  get token(): string {
    return this.address.token;
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.send("POST", path, { body });
  }

  delete(path: string): Promise<Answer> {
    return this.send("DELETE", path);
  }

  async send(method: Method, path: string, { body, headers = this.headers }: Extras = {}): Promise<Answer> {
    const payload = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const received = await this.exchange({ method, path, headers }, payload);
    const isJson = received.headers["content-type"]?.includes("json") === true;
    const answer = { method, path, ...received, json: isJson ? (JSON.parse(received.text) as unknown) : undefined };
    this.answers.push(answer);
    return answer;
  }

  /** Records an object of a check, to delete it later. */
  remember(path: string): void {
    this.made.unshift(path);
  }

  /** Deletes the objects of a check, the newest first. */
  async cleanUp(): Promise<void> {
    for (const path of this.made.splice(0)) await this.delete(path);
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange(options: http.RequestOptions, payload: string | undefined): Promise<Received> {
    const { request } = this.isSecure ? https : http;
    return new Promise((resolve, reject) => {
      const sent = request(new URL(this.address.url), { ...options, agent: this.agent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("error", reject).on("end", () => {
          resolve({ status: response.statusCode!, headers: response.headers, text });
        });
      });
      // Node.js does not set the length of a DELETE's body.
      if (payload !== undefined) sent.setHeader("content-length", Buffer.byteLength(payload));
      sent.on("error", reject).end(payload);
    });
  }

  private get isSecure(): boolean {
    return this.address.url.startsWith("https:");
  }

  /** The Terraform provider names JSON as the type of every request, even without a body. */
  private get headers(): Readonly<Record<string, string>> {
    return { authorization: `Token ${this.token}`, accept: "application/json", "content-type": "application/json" };
  }
}
