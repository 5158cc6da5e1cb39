import {
  bulkhead,
  ConstantBackoff,
  DelegateBackoff,
  handleWhen,
  handleWhenResult,
  retry,
  type BulkheadPolicy,
  type FailureReason,
  type IRetryBackoffContext,
} from "cockatiel";
import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory";
import RateLimiterQueue from "rate-limiter-flexible/lib/RateLimiterQueue";
import { z } from "zod";
import { dataOf, pageOf, refusalOf, type Page } from "./answers";
import { systemClock, type Clock, type Random } from "./clock";
import { DbtCloudError } from "./errors";
import { detourOf, fetchThrough, finalFault, messagesIn, type Fetch, type Proxy } from "./transport";

/** The address of dbt Cloud, and how the client treats it. */
export interface ClientOptions {
  /** The address without `/api` or a slash at its end: `https://cloud.getdbt.com`. */
  readonly host: string;
  readonly accountId: number;
  readonly token: string;
  /**
   * Blocks every write.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * The proxy between the client and dbt Cloud.
   *
   * @default - none
   */
  readonly proxy?: Proxy;
  /**
   * The client sends no request after this signal is aborted. It still waits for the requests that it has sent.
   *
   * @default - the client never stops
   */
  readonly stop?: AbortSignal;
  /**
   * The client calls it for each request that it sends, also for a repeated one.
   *
   * @default - requests are not logged
   */
  readonly log?: (line: string, body?: unknown) => void;
  /**
   * The longest pause before the first repetition, in milliseconds. The longest pause doubles with each repetition.
   *
   * @default 500
   */
  readonly patience?: number;
  /**
   * Time, for pauses and timeouts.
   *
   * @default - the time of this machine
   */
  readonly clock?: Clock;
  /**
   * Chance, for the length of pauses.
   *
   * @default Math.random
   */
  readonly random?: Random;
}

/** Names and values of a URL's query. The client encodes the values. */
export type Query = Readonly<Record<string, string | number>>;

interface WriteOptions<T> {
  readonly method: "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly read: (request: string, text: string) => T;
  /** Looks for the result of an earlier attempt whose answer was lost. It is called before the write is sent again. */
  readonly recover?: () => Promise<T | undefined>;
}

/** dbt Cloud allows an account 5,000 requests per minute. Other clients of the account need some of them. */
const REQUESTS_PER_MINUTE = 4500;
const WRITES_IN_FLIGHT = 12;
const READS_IN_FLIGHT = 16;
const ATTEMPTS = 5;
const TIMEOUT_MILLISECONDS = 30_000;
/** The client does not wait longer than this. The person decides. */
const LONGEST_WAIT_SECONDS = 120;
const PAGE_SIZE = 100;
/** Two neighboring pages share an item. It shows whether items moved from one page to another between the two requests. */
const PAGE_STEP = PAGE_SIZE - 1;
/** How often the client reads a list that changes during the read. */
const LIST_READINGS = 3;
/** Reads a list again when the result is undefined. */
const listReadings = retry(
  handleWhenResult((items) => items === undefined),
  { maxAttempts: LIST_READINGS - 1, backoff: new ConstantBackoff(0) },
);

/**
 * The Admin API of one account. A read returns everything or fails. The client repeats a request that fails temporarily. It
 * waits as long as dbt Cloud asks, plus a random time that grows with each attempt. Before it repeats a write whose answer was
 * lost, it looks for the result of the write.
 */
export class DbtCloudClient {
  private readonly reads = bulkhead(READS_IN_FLIGHT, Infinity);
  private readonly writes = bulkhead(WRITES_IN_FLIGHT, Infinity);
  private readonly budget = new RateLimiterQueue(
    new RateLimiterMemory({ points: REQUESTS_PER_MINUTE, duration: 60, keyPrefix: "" }),
  );

  private readonly clock: Clock;
  private readonly fetch: Fetch;

  constructor(private readonly options: ClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.fetch = fetchThrough(options.proxy);
  }

  /** The id of the client's account. */
  get accountId(): number {
    return this.options.accountId;
  }

  /** Whether the client blocks every write. */
  get isReadOnly(): boolean {
    return this.options.readOnly ?? false;
  }

  /** The address of a page in dbt Cloud's user interface, such as the page of a job. */
  pageUrl(path: string): string {
    return `${this.options.host}/deploy/${this.options.accountId}/${path}`;
  }

  /**
   * Waits, or ends at once when the program stops.
   *
   * @param milliseconds how long to wait
   */
  pause(milliseconds: number): Promise<void> {
    return this.clock.pause(milliseconds, this.options.stop);
  }

  /**
   * Reads one object.
   *
   * @param path the version of the API and the part of the path after the account: `v2/jobs/1/`
   * @throws DbtCloudError when the request fails, or the answer does not match the shape
   */
  get<T>(path: string, shape: z.ZodType<T>, query: Query = {}): Promise<T> {
    return this.read(path, query, (request, text) => dataOf(request, text, shape));
  }

  /** The content of a file; undefined when the file does not exist. */
  async file(path: string, query: Query = {}): Promise<string | undefined> {
    try {
      return await this.read(path, query, (_request, text) => text);
    } catch (error) {
      if (error instanceof DbtCloudError && error.failure === "missing") return undefined;
      throw error;
    }
  }

  /**
   * Reads all items of a list. The first page says how many items there are. The other pages are read at the same time. The last
   * item of each page is also the first item of the next page, so that the client notices when items move between pages.
   *
   * @param likelyTotal the number of items that the list probably has. Their pages are read together with the first page.
   * @throws DbtCloudError when a page is incomplete, or the list changes during each read
   */
  async list<T extends { readonly id: number }>(
    path: string,
    item: z.ZodType<T>,
    query: Query = {},
    likelyTotal = 0,
  ): Promise<T[]> {
    const items = await listReadings.execute(() => this.allPages(path, item, query, likelyTotal));
    if (items) return items;
    throw new DbtCloudError("unreadable", {
      problem: "the list changed during each read",
      fix: "try again in a moment",
      request: `GET ${path}`,
    });
  }

  /** The first items of a list, in one request. */
  async first<T>(path: string, item: z.ZodType<T>, query: Query, limit: number): Promise<readonly T[]> {
    const wanted = { ...query, limit };
    return (await this.read(path, wanted, (request, text) => pageOf(request, text, item, 0, limit))).items;
  }

  /**
   * Creates or changes an object.
   *
   * @param recover finds the result of an earlier attempt whose answer was lost. Leave it out when the request may be repeated
   *   without harm.
   */
  post<T>(path: string, body: unknown, shape: z.ZodType<T>, recover?: () => Promise<T | undefined>): Promise<T> {
    return this.write({ method: "POST", path, body, recover, read: (request, text) => dataOf(request, text, shape) });
  }

  /** Deletes an object. An object that does not exist counts as deleted. */
  async delete(path: string): Promise<void> {
    const read = (request: string, text: string): unknown => text.trim() && dataOf(request, text, z.unknown());
    try {
      await this.write({ method: "DELETE", path, read });
    } catch (error) {
      if (!(error instanceof DbtCloudError && error.failure === "missing")) throw error;
    }
  }

  /** All items of a list; undefined when the list changed during the read. */
  private async allPages<T extends { readonly id: number }>(
    path: string,
    item: z.ZodType<T>,
    query: Query,
    likelyTotal: number,
  ): Promise<T[] | undefined> {
    const read = (offsets: readonly number[]): Promise<Page<T>[]> =>
      Promise.all(offsets.map((offset) => this.page(path, item, query, offset)));
    const likely = offsetsOf(likelyTotal);
    const early = await read(likely);
    const first = early[0]!;
    const offsets = offsetsOf(first.total);
    const pages = [...early.slice(0, offsets.length), ...(await read(offsets.slice(likely.length)))];
    const isSameList = pages.every(
      (page, i) => page.total === first.total && (i === 0 || overlaps(pages[i - 1]!, page)),
    );
    const items = pages.flatMap((page, i) => (i === 0 ? page.items : page.items.slice(1)));
    return isSameList && !hasRepeats(items) ? items : undefined;
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
        throw unsent(`${method} ${path}`, "DBTCLOUD_READONLY blocks every write", "unset it to write");
      }
      // Each failed attempt may have changed something: a proxy can also answer "busy" after the write.
      if (isSent && recover) {
        const found = await recover();
        if (found !== undefined) return found;
      }
      isSent = true;
      try {
        return read(`${method} ${path}`, await this.send(method, path, body));
      } catch (error) {
        // An unreadable answer, like no answer, does not say whether the write was done.
        if (error instanceof DbtCloudError && error.failure === "unreadable") {
          throw new DbtCloudError("lost", error.report);
        }
        throw error;
      }
    });
  }

  private async repeated<T>(lane: BulkheadPolicy, attempt: () => Promise<T>): Promise<T> {
    let milliseconds = 0;
    // The policy's own pause is 0, because it cannot end early when the program stops.
    const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt: count, result }) => {
      milliseconds = this.pauseAfter(count, result);
      return 0;
    });
    const policy = retry(handleWhen(isTemporary), { maxAttempts: ATTEMPTS - 1, backoff });
    return policy.execute(async ({ attempt: repetition }) => {
      if (repetition > 0) await this.pause(milliseconds);
      return lane.execute(attempt);
    }, this.options.stop);
  }

  /** The time that dbt Cloud asks for, plus a random time whose limit doubles with each attempt. In milliseconds. */
  private pauseAfter(count: number, result: FailureReason<unknown>): number {
    const { patience = 500, random = Math.random } = this.options;
    const seconds = "error" in result && isTemporary(result.error) ? (result.error.retryAfterSeconds ?? 0) : 0;
    return seconds * 1000 + random() * patience * 2 ** (count - 1);
  }

  private async send(method: string, path: string, body?: unknown): Promise<string> {
    await this.budget.removeTokens(1);
    if (this.options.stop?.aborted) {
      throw unsent(`${method} ${path}`, "the program was asked to stop", "start it again to continue");
    }
    this.options.log?.(`${method} ${path}`, body);
    const { host, accountId, token } = this.options;
    const url = `${host}/api/${path.replace("/", `/accounts/${accountId}/`)}`;
    let response: Response;
    let text: string;
    try {
      [response, text] = await this.clock.within(TIMEOUT_MILLISECONDS, async (signal) => {
        const answer = await this.fetch(url, {
          method,
          headers: { authorization: `Token ${token}`, accept: "application/json", "content-type": "application/json" },
          body: body === undefined ? undefined : JSON.stringify(body),
          redirect: "manual",
          signal,
        });
        return [answer, await answer.text()];
      });
    } catch (error) {
      const fault = finalFault(error, host);
      if (fault) throw new DbtCloudError("refused", { ...fault, request: `${method} ${path}` });
      throw new DbtCloudError("lost", {
        problem: `${host} did not answer`,
        fix: `check DBTCLOUD_HOST_URL${this.options.proxy ? ", the proxy" : ""} and the network`,
        detail: silenceOf(error),
        request: `${method} ${path}`,
      });
    }
    const detour = detourOf(response, host);
    if (detour) throw new DbtCloudError("refused", { ...detour, request: `${method} ${path}` });
    if (!response.ok) throw refusalOf(`${method} ${path}`, response, text, this.clock.now());
    return text;
  }
}

/** Whether the same request may succeed later. */
function isTemporary(error: unknown): error is DbtCloudError {
  if (!(error instanceof DbtCloudError)) return false;
  if ((error.retryAfterSeconds ?? 0) > LONGEST_WAIT_SECONDS) return false;
  return error.failure === "busy" || error.failure === "lost";
}

function unsent(request: string, problem: string, fix: string): DbtCloudError {
  return new DbtCloudError("unsent", { problem, fix, request: `${request} was not sent` });
}

/** Why there is no answer. `fetch` has the system's reason in the error's cause. */
function silenceOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `no answer within ${TIMEOUT_MILLISECONDS / 1000} seconds`;
  }
  return messagesIn(error).at(-1) ?? String(error);
}

function overlaps(page: Page<{ readonly id: number }>, next: Page<{ readonly id: number }>): boolean {
  return page.items.at(-1)?.id === next.items[0]?.id;
}

function hasRepeats(items: readonly { readonly id: number }[]): boolean {
  return new Set(items.map(({ id }) => id)).size < items.length;
}

/** The offsets of the pages of a list. Each page but the first repeats the last item of the page before it. */
function offsetsOf(total: number): number[] {
  return [0, ...range(PAGE_STEP, total - 1, PAGE_STEP)];
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
}
