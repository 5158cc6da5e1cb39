import { bulkhead, type BulkheadPolicy } from "cockatiel";
import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory";
import RateLimiterQueue from "rate-limiter-flexible/lib/RateLimiterQueue";
import { z } from "zod";
import { dataOf, pageOf, refusalOf, type Page } from "./answers";
import { DbtCloudError } from "./errors";

/** Where dbt Cloud is, and how careful to be with it. */
export interface ClientOptions {
  /** Without `/api` and slash: `https://cloud.getdbt.com`. */
  readonly host: string;
  readonly accountId: number;
  readonly token: string;
  /**
   * Blocks every request that writes.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * No request is sent once it is aborted; requests on their way are waited for.
   *
   * @default - never
   */
  readonly stop?: AbortSignal;
  /**
   * Is told of each request that is sent, repeated ones included.
   *
   * @default - nobody is
   */
  readonly log?: (line: string, body?: unknown) => void;
  /**
   * Milliseconds before the first repetition, at the most; each further one may wait twice as long.
   *
   * @default 500
   */
  readonly patience?: number;
}

/** Names and values of a URL's query; values are sent as they are. */
export type Query = Readonly<Record<string, string | number>>;

interface WriteOptions<T> {
  readonly method: "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly read: (request: string, text: string) => T;
  /** Looks for what a write may have left behind, before it is sent again because its answer was lost. */
  readonly recover?: () => Promise<T | undefined>;
}

/** dbt Cloud allows 5,000 requests a minute of an account; other clients of the account need some of them. */
const REQUESTS_PER_MINUTE = 4500;
const WRITES_IN_FLIGHT = 8;
const READS_IN_FLIGHT = 16;
const ATTEMPTS = 5;
const TIMEOUT_MILLISECONDS = 30_000;
/** A longer wait is left to the person. */
const LONGEST_WAIT_SECONDS = 120;
const PAGE_SIZE = 100;
/** How often a list that changes while it is read is read again. */
const LIST_READINGS = 3;

/**
 * The Admin API of one account. Reads are whole or fail. What fails for the moment is repeated, as long as dbt Cloud asks
 * to wait, else with growing pauses of random length; a write whose answer was lost is looked up before it is repeated.
 */
export class DbtCloudClient {
  private readonly reads = bulkhead(READS_IN_FLIGHT, Infinity);
  private readonly writes = bulkhead(WRITES_IN_FLIGHT, Infinity);
  private readonly budget = new RateLimiterQueue(
    new RateLimiterMemory({ points: REQUESTS_PER_MINUTE, duration: 60, keyPrefix: "" }),
  );

  constructor(private readonly options: ClientOptions) {}

  /** The account that the client asks about. */
  get accountId(): number {
    return this.options.accountId;
  }

  /** A page of dbt Cloud for people, such as a job's. */
  pageUrl(path: string): string {
    return `${this.options.host}/deploy/${this.options.accountId}/${path}`;
  }

  /**
   * One thing.
   *
   * @param path the version of the API and what follows the account: `v2/jobs/1/`
   */
  get<T>(path: string, shape: z.ZodType<T>, query: Query = {}): Promise<T> {
    return this.read(path, query, (request, text) => dataOf(request, text, shape));
  }

  /** A file as it is; undefined when there is none. */
  async file(path: string, query: Query = {}): Promise<string | undefined> {
    try {
      return await this.read(path, query, (_request, text) => text);
    } catch (error) {
      if (error instanceof DbtCloudError && error.failure === "missing") return undefined;
      throw error;
    }
  }

  /**
   * All items of a list: the first page says how many there are, the others are asked for at once.
   *
   * @throws DbtCloudError when a page is short or broken, or the list does not stand still
   */
  async list<T extends { readonly id: number }>(path: string, item: z.ZodType<T>, query: Query = {}): Promise<T[]> {
    for (let reading = 1; ; reading++) {
      const first = await this.page(path, item, query, 0);
      const offsets = range(PAGE_SIZE, first.total, PAGE_SIZE);
      const others = await Promise.all(offsets.map((offset) => this.page(path, item, query, offset)));
      const items = [first, ...others].flatMap((page) => page.items);
      const whole = others.every(({ total }) => total === first.total) && isWithoutRepeats(items);
      if (whole) return items;
      if (reading === LIST_READINGS) {
        throw new DbtCloudError("unreadable", `GET ${path} changed each time that it was read; try again in a moment`);
      }
    }
  }

  /** The items of a list's first page. */
  async first<T>(path: string, item: z.ZodType<T>, query: Query, limit: number): Promise<readonly T[]> {
    const wanted = { ...query, limit };
    return (await this.read(path, wanted, (request, text) => pageOf(request, text, item, 0, limit))).items;
  }

  /**
   * Sends something new, or a change.
   *
   * @param recover finds what an earlier attempt left behind whose answer was lost; without it the request is one that
   *   may be repeated as it is
   */
  post<T>(path: string, body: unknown, shape: z.ZodType<T>, recover?: () => Promise<T | undefined>): Promise<T> {
    return this.write({ method: "POST", path, body, recover, read: (request, text) => dataOf(request, text, shape) });
  }

  /** Removes something; what is gone already counts as removed. */
  async delete(path: string): Promise<void> {
    const read = (request: string, text: string): unknown => text.trim() && dataOf(request, text, z.unknown());
    try {
      await this.write({ method: "DELETE", path, read });
    } catch (error) {
      if (!(error instanceof DbtCloudError && error.failure === "missing")) throw error;
    }
  }

  private page<T>(path: string, item: z.ZodType<T>, query: Query, offset: number): Promise<Page<T>> {
    const paged = { ...query, limit: PAGE_SIZE, ...(offset === 0 ? {} : { offset }) };
    return this.read(path, paged, (request, text) => pageOf(request, text, item, offset, PAGE_SIZE));
  }

  private read<T>(path: string, query: Query, read: (request: string, text: string) => T): Promise<T> {
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const url = pairs.length > 0 ? `${path}?${pairs.join("&")}` : path;
    return this.repeated(this.reads, async () => read(`GET ${url}`, await this.send("GET", url)));
  }

  private write<T>({ method, path, body, read, recover }: WriteOptions<T>): Promise<T> {
    let isSent = false;
    return this.repeated(this.writes, async () => {
      if (this.options.readOnly) {
        throw new DbtCloudError("unsent", `${method} ${path} was not sent: DBTCLOUD_READONLY blocks every write`);
      }
      // Whatever failed may have been done all the same: what stands between us and dbt Cloud can be busy after a write, too.
      if (isSent && recover) {
        const found = await recover();
        if (found !== undefined) return found;
      }
      isSent = true;
      try {
        return read(`${method} ${path}`, await this.send(method, path, body));
      } catch (error) {
        // A page of HTML in place of an answer says as little as no answer about what was done.
        if (error instanceof DbtCloudError && error.failure === "unreadable") {
          throw new DbtCloudError("lost", error.message);
        }
        throw error;
      }
    });
  }

  private async repeated<T>(lane: BulkheadPolicy, attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await lane.execute(attempt);
      } catch (error) {
        if (count === ATTEMPTS || !isPassing(error) || this.options.stop?.aborted) throw error;
        await pause(this.pauseAfter(count, error), this.options.stop);
      }
    }
  }

  /** As long as dbt Cloud asks, and a part of random length that may be twice as long each time. */
  private pauseAfter(count: number, { retryAfterSeconds = 0 }: DbtCloudError): number {
    const { patience = 500 } = this.options;
    return retryAfterSeconds * 1000 + Math.random() * patience * 2 ** (count - 1);
  }

  private async send(method: string, path: string, body?: unknown): Promise<string> {
    await this.budget.removeTokens(1);
    if (this.options.stop?.aborted) {
      throw new DbtCloudError("unsent", `${method} ${path} was not sent: the program was asked to stop`);
    }
    this.options.log?.(`${method} ${path}`, body);
    const { host, accountId, token } = this.options;
    const url = `${host}/api/${path.replace("/", `/accounts/${accountId}/`)}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: { authorization: `Token ${token}`, accept: "application/json", "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      text = await response.text();
    } catch (error) {
      const reason = `${reasonOf(error)}; check DBTCLOUD_HOST_URL and the network`;
      throw new DbtCloudError("lost", `${method} ${path} was not answered by ${host}: ${reason}`);
    }
    if (!response.ok) throw refusalOf(`${method} ${path}`, response, text);
    return text;
  }
}

/** Whether a failure may pass by itself. */
function isPassing(error: unknown): error is DbtCloudError {
  if (!(error instanceof DbtCloudError)) return false;
  if ((error.retryAfterSeconds ?? 0) > LONGEST_WAIT_SECONDS) return false;
  return error.failure === "busy" || error.failure === "lost";
}

/** Ends when the time is over, or at once when the program is asked to stop. */
function pause(milliseconds: number, stop: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stop?.addEventListener("abort", end);
  });
}

/** What kept an answer away. `fetch` hides the system's reason one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MILLISECONDS / 1000} seconds`;
  const { cause } = error;
  if (cause instanceof AggregateError) return (cause.errors as Error[]).map(({ message }) => message).join("; ");
  return cause instanceof Error && cause.message ? cause.message : error.message;
}

function isWithoutRepeats(items: readonly { readonly id: number }[]): boolean {
  return new Set(items.map(({ id }) => id)).size === items.length;
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
}
