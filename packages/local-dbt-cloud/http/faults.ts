import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { parseBody } from "./body";
import { failure, single } from "./envelope";

/** A fault that tests order: what goes wrong, for which requests, how often. */
const faultSchema = z.strictObject({
  /**
   * What goes wrong. `status` answers with an error, `html` with a page, `drop_before` closes the connection before the
   * request is handled, `drop_after` before it is answered, `latency` delays, `short_page` leaves out the last row.
   */
  kind: z.enum(["status", "html", "drop_before", "drop_after", "latency", "short_page"]),
  /** Requests with this method only. Default: every method. */
  method: z.string().toUpperCase().optional(),
  /** Requests whose path and query this regular expression matches somewhere only. Default: every path of the API. */
  path: z
    .string()
    .refine(isExpression, "is no regular expression")
    .default("^/api/")
    .transform((text) => new RegExp(text)),
  /** How many matching requests pass first. Default: 0. */
  skip: z.int().min(0).default(0),
  /** How many requests it hits. Default: all of them. */
  times: z.int().min(1).optional(),
  /** The status of `status` and `html`. Default: 503. */
  code: z.int().min(200).max(599).default(503),
  /** Whether `status` and `html` come after the request was handled: what it writes is written. Default: false. */
  after: z.boolean().default(false),
  /** Seconds in the header Retry-After. Default: no header. */
  retry_after: z.int().min(0).optional(),
  /** Milliseconds of `latency`. Default: 100. */
  milliseconds: z.int().min(0).default(100),
});

type Fault = z.output<typeof faultSchema>;

const PAGE = "<html><body><h1>Service unavailable</h1></body></html>";

/**
 * Adds `PUT /local/faults`, which replaces the list of faults, and makes them happen. Only a server that was started
 * for it has them.
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

/** Makes an answer a refusal, and returns its body. */
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

  /** The faults that hit this request; each counts the requests that match it. */
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
