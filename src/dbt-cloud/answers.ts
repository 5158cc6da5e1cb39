import { z } from "zod";
import { shapeProblem } from "../jobs/shape-problem";
import { DbtCloudError, type Failure } from "./errors";

/** The envelope of each answer except artifacts. */
const envelopeSchema = z.object({ status: z.object({ is_success: z.boolean().optional() }), data: z.unknown() });

/** The part of an answer that can say "failed" although the HTTP status is 200. */
const successSchema = z.object({ status: z.object({ is_success: z.literal(false) }) });

/** The envelope of a list. */
const listSchema = z.object({
  data: z.array(z.unknown()),
  extra: z.object({
    pagination: z.object({ count: z.int().min(0), total_count: z.int().min(0) }),
  }),
});

/** An answer of another program comes from another address, or from a proxy. */
const CHECK_ADDRESS = "check DBTCLOUD_HOST_URL and the proxies in between";

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The number of items on all pages together. */
  readonly total: number;
}

/**
 * Reads the data of an answer.
 *
 * @throws DbtCloudError when the answer is not JSON, has no envelope, reports a failure, or does not match the shape
 */
export function dataOf<T>(request: string, text: string, shape: z.ZodType<T>): T {
  return parsed(request, parsed(request, successOf(request, text), envelopeSchema).data, shape);
}

/**
 * Checks that the object in an answer is the one that the request is about. A proxy, a cache or a fault in dbt Cloud can answer with
 * a different object, and the next write would then change that object.
 *
 * @param row the object; a field that it lacks, or that is null, is not checked
 * @param expected the fields and values of the object that the request is about
 * @throws DbtCloudError with the first field that differs
 */
export function checkAnswer(request: string, row: object, expected: Readonly<Record<string, unknown>>): void {
  const found = row as Readonly<Record<string, unknown>>;
  const field = Object.keys(expected).find((name) => (found[name] ?? expected[name]) !== expected[name]);
  if (field === undefined) return;
  const name = typeof found["name"] === "string" ? ` "${found["name"]}"` : "";
  throw new DbtCloudError("unreadable", {
    problem: "dbt Cloud answered with a different object, and the answer was not used",
    fix: `${CHECK_ADDRESS}, then try again`,
    detail:
      `${field} of ${String(found["id"])}${name} is ${JSON.stringify(found[field])}, ` +
      `but ${JSON.stringify(expected[field])} was expected`,
    request,
  });
}

/**
 * Reads one page of a list.
 *
 * @throws DbtCloudError when the answer is not JSON or not a list, when it reports a failure, when the number of items differs from
 *   the page's own count or from the expected number, or when an item does not match the shape
 */
export function pageOf<T>(request: string, text: string, shape: z.ZodType<T>, offset: number, limit: number): Page<T> {
  const { data, extra } = parsed(request, successOf(request, text), listSchema);
  const total = extra.pagination.total_count;
  const expected = Math.max(0, Math.min(limit, total - offset));
  if (data.length !== expected || extra.pagination.count !== expected) {
    throw new DbtCloudError("unreadable", {
      problem: "dbt Cloud answered with an incomplete list, and nothing was changed",
      fix: "try again",
      detail: `the answer has ${data.length} items, but ${expected} of ${total} were expected`,
      request,
    });
  }
  return { items: parsed(request, data, z.array(shape)), total };
}

/**
 * Makes the error for an answer whose status is not 2xx.
 *
 * @param now the present time, which a date in `Retry-After` is compared with
 */
export function refusalOf(request: string, response: Response, text: string, now: Date): DbtCloudError {
  const { status } = response;
  const failure = failureOf(status);
  const isTemporary = failure === "busy" || failure === "lost";
  const wait = isTemporary ? retryAfter(response.headers.get("retry-after"), now) : undefined;
  const fix = wait ? `try again in ${Math.ceil(wait)} seconds, as dbt Cloud asks` : fixFor(status, text);
  const problem = `${problemOf(status)} (${status})`;
  return new DbtCloudError(failure, { problem, fix, detail: messageIn(text), request }, wait);
}

function failureOf(status: number): Failure {
  if (status === 404) return "missing";
  if (status === 429) return "busy";
  return status === 408 || status >= 500 ? "lost" : "refused";
}

function problemOf(status: number): string {
  if (status === 401) return "dbt Cloud does not accept the token";
  if (status === 403) return "dbt Cloud does not allow the request with this token";
  if (status === 404) return "dbt Cloud does not have the object";
  if (status === 429) return "dbt Cloud has received too many requests";
  return status === 408 || status >= 500 ? "dbt Cloud did not do the request" : "dbt Cloud refused the request";
}

function fixFor(status: number, text: string): string {
  if (isMarkup(text)) return CHECK_ADDRESS;
  if (status === 401) return "check DBTCLOUD_TOKEN";
  if (status === 403) {
    return "DBTCLOUD_TOKEN must be a token of the account DBTCLOUD_ACCOUNT_ID with the permission to edit jobs of this project";
  }
  if (status === 404) return "check the ids of the account, the project and the environment";
  if (status === 429 || status === 408 || status >= 500) return "try again in a moment";
  return fixOfRefusal(messageIn(text));
}

function fixOfRefusal(message: string): string {
  return message === "" ? "look at the request with --verbose" : "change what its answer names";
}

/** The seconds to wait. The header holds a number of seconds or a date. */
function retryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}

const LONGEST_MESSAGE = 300;

/** dbt Cloud's message about a failure, in one line. */
function messageIn(text: string): string {
  const words = wordsOf(text).replace(/\s+/g, " ").trim().replace(/\.$/, "");
  return words.length > LONGEST_MESSAGE ? `${words.slice(0, LONGEST_MESSAGE)}…` : words;
}

function wordsOf(text: string): string {
  if (isMarkup(text)) return "the answer is a page of HTML, not one of the Admin API";
  try {
    const { status, data, detail } = JSON.parse(text) as {
      status?: { user_message?: unknown };
      data?: unknown;
      detail?: unknown;
    };
    const message = [status?.user_message, detail].find((words) => typeof words === "string") ?? "";
    const fields = typeof data === "object" && data !== null ? JSON.stringify(data) : "";
    return [message, fields === "{}" ? "" : fields].filter(Boolean).join(" ");
  } catch {
    return "";
  }
}

function isMarkup(text: string): boolean {
  return /^\s*<(?:!doctype|html|\?xml|head|body)/i.test(text);
}

/** The JSON of an answer that does not report a failure. */
function successOf(request: string, text: string): unknown {
  const value = jsonOf(request, text);
  if (!successSchema.safeParse(value).success) return value;
  const detail = messageIn(text);
  throw new DbtCloudError("refused", {
    problem: "dbt Cloud answered with 200, but the answer says that the request failed",
    fix: fixOfRefusal(detail),
    detail,
    request,
  });
}

function jsonOf(request: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const found = isMarkup(text) ? "a page of HTML" : text.trim() === "" ? "an empty body" : "text that is not JSON";
    throw new DbtCloudError("unreadable", { problem: `dbt Cloud answered with ${found}`, fix: CHECK_ADDRESS, request });
  }
}

function parsed<T>(request: string, value: unknown, shape: z.ZodType<T>): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw new DbtCloudError("unreadable", {
    problem: "dbt Cloud answered in an unexpected format, and the answer was not used",
    fix: CHECK_ADDRESS,
    detail: shapeProblem(result.error, "the answer"),
    request,
  });
}
