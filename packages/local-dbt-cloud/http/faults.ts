import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { parseBody } from "./body";
import { failure, single } from "./envelope";

/** A fault that a test asks for: its kind, its requests, and how often it occurs. */
const faultSchema = z.strictObject({
  /**
   * The kind of fault. `status` answers with an error and `html` with an HTML page. `drop_before` closes the connection
   * before the request is handled, `drop_after` before it is answered. `latency` delays the request. `short_page` removes
   * the last row of a page.
   */
  kind: z.enum(["status", "html", "drop_before", "drop_after", "latency", "short_page"]),
  /** Only requests with this method. Default: every method. */
  method: z.string().toUpperCase().optional(),
  /** Only requests with a path and query that this regular expression matches. Default: every path of the API. */
  path: z
    .string()
    .refine(isExpression, "is no regular expression")
    .default("^/api/")
    .transform((text) => new RegExp(text)),
  /** The number of matching requests without the fault, before the first one with it. Default: 0. */
  skip: z.int().min(0).default(0),
  /** The number of requests with the fault. Default: all. */
  times: z.int().min(1).optional(),
  /** The status of `status` and `html`. Default: 503. */
  code: z.int().min(200).max(599).default(503),
  /** Whether `status` and `html` come after the request was handled, so that its changes are stored. Default: false. */
  after: z.boolean().default(false),
  /** Seconds in the header Retry-After. Default: no header. */
  retry_after: z.int().min(0).optional(),
  /** Milliseconds of `latency`. Default: 100. */
  milliseconds: z.int().min(0).default(100),
});

type Fault = z.output<typeof faultSchema>;

const PAGE = "<html><body><h1>Service unavailable</h1></body></html>";

/**
 * Adds faults, and `PUT /local/faults`, which replaces the list of faults. Only a server that was started with --faults
 * has this route.
 */
export function addFaults(app: FastifyInstance): void {
  const faults = new FaultList();
  const hits = new WeakMap<FastifyRequest, readonly Fault[]>();
  const hit = (request: FastifyRequest, ...kinds: readonly Fault["kind"][]): Fault | undefined =>
    hits.get(request)?.find((fault) => kinds.includes(fault.kind));

  app.put("/local/faults", (request) => {
    faults.replace(parseBody(z.array(faultSchema), request.body));
    return single(null);
  });

  app.addHook("onRequest", async (request, reply) => {
    hits.set(request, faults.take(request.method, request.url));
    const latency = hit(request, "latency");
    if (latency) await new Promise((resolve) => setTimeout(resolve, latency.milliseconds));
    if (hit(request, "drop_before")) {
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    const refusal = hit(request, "status", "html");
    return refusal && !refusal.after ? reply.send(refuse(reply, refusal)) : undefined;
  });

  app.addHook("preSerialization", async (request, _reply, payload) =>
    hit(request, "short_page") ? withoutLastRow(payload) : payload,
  );

  app.addHook("onSend", async (request, reply, payload) => {
    if (hit(request, "drop_after")) reply.raw.destroy();
    const refusal = hit(request, "status", "html");
    return refusal?.after ? refuse(reply.removeHeader("content-length"), refusal) : payload;
  });
}

/** Turns an answer into a refusal, and returns the refusal's body. */
function refuse(reply: FastifyReply, { kind, code, retry_after }: Fault): string {
  if (retry_after !== undefined) reply.header("retry-after", retry_after);
  reply.code(code).type(kind === "html" ? "text/html" : "application/json; charset=utf-8");
  return kind === "html" ? PAGE : JSON.stringify(failure(code, "A fault that was ordered"));
}

class FaultList {
  private faults: { fault: Fault; seen: number }[] = [];

  replace(faults: readonly Fault[]): void {
    this.faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  /** The faults of this request. Each fault counts the requests that match it. */
  take(method: string, url: string): Fault[] {
    return this.faults.flatMap((entry) => {
      const { fault } = entry;
      if ((fault.method !== undefined && fault.method !== method) || !fault.path.test(url)) return [];
      const nth = entry.seen++ - fault.skip;
      return nth >= 0 && (fault.times === undefined || nth < fault.times) ? [fault] : [];
    });
  }
}

function isExpression(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}

function withoutLastRow(payload: unknown): unknown {
  const { data } = payload as { data?: unknown };
  return Array.isArray(data) ? { ...(payload as object), data: data.slice(0, -1) } : payload;
}
