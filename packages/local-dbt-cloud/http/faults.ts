import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parseBody } from "./body";
import { failure, single } from "./envelope";

/** A fault that tests order: what goes wrong, for which requests, how often. */
const faultSchema = z.strictObject({
  /** What goes wrong. `drop_before` closes the connection before the request is handled, `drop_after` before it is answered. */
  kind: z.enum(["status", "html", "drop_before", "drop_after", "latency", "short_page"]),
  /** Requests with this method only. Default: every method. */
  method: z.string().toUpperCase().optional(),
  /** Requests whose path and query contain this text only. Default: every path of the API. */
  path: z.string().default("/api/"),
  /** How many matching requests pass first. Default: 0. */
  skip: z.int().min(0).default(0),
  /** How many requests it hits. Default: all of them. */
  times: z.int().min(1).optional(),
  /** The status of `status` and `html`. Default: 503. */
  code: z.int().min(400).max(599).default(503),
  /** Seconds in the header Retry-After. Default: no header. */
  retry_after: z.int().min(0).optional(),
  /** Milliseconds of `latency`. Default: 100. */
  milliseconds: z.int().min(0).default(100),
});

type Fault = z.output<typeof faultSchema>;

/**
 * Adds `PUT /local/faults`, which replaces the list of faults, and makes them happen. Only a server that was started
 * for it has them.
 */
export function addFaults(app: FastifyInstance): void {
  const faults = new FaultList();
  const hits = new WeakMap<FastifyRequest, readonly Fault[]>();
  const hit = (request: FastifyRequest, kind: Fault["kind"]): Fault | undefined =>
    hits.get(request)?.find((fault) => fault.kind === kind);

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
    const refusal = hit(request, "status") ?? hit(request, "html");
    if (!refusal) return undefined;
    if (refusal.retry_after !== undefined) reply.header("retry-after", refusal.retry_after);
    reply.code(refusal.code);
    if (refusal.kind === "status") return reply.send(failure(refusal.code, "A fault that was ordered"));
    return reply.type("text/html").send("<html><body><h1>Service unavailable</h1></body></html>");
  });

  app.addHook("preSerialization", async (request, _reply, payload) =>
    hit(request, "short_page") ? withoutLastRow(payload) : payload,
  );

  app.addHook("onSend", async (request, reply, payload) => {
    if (hit(request, "drop_after")) reply.raw.destroy();
    return payload;
  });
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
      if ((fault.method !== undefined && fault.method !== method) || !url.includes(fault.path)) return [];
      const nth = entry.seen++ - fault.skip;
      return nth >= 0 && (fault.times === undefined || nth < fault.times) ? [fault] : [];
    });
  }
}

function withoutLastRow(payload: unknown): unknown {
  const { data } = payload as { data?: unknown };
  return Array.isArray(data) ? { ...(payload as object), data: data.slice(0, -1) } : payload;
}
