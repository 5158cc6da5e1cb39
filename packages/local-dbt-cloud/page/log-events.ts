import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import { readLog, runFolder } from "../resources/runs/files";
import { inProgress, runIn, runsOf, stepsOf, stepsOfRun, type Run, type RunStep } from "../resources/runs/runs";
import { notFound } from "../http/refused";
import { idIn } from "../http/query";
import type { Routes, World } from "../world";
import { visible } from "./visible";

const PAUSE_MILLISECONDS = 250;

/** The address of the log of a running step as server-sent events. */
export function logEventsLocation({ run_id, id }: RunStep): string {
  return `/runs/${run_id}/steps/${id}/events`;
}

/** The address of the server-sent event for a run that waits: in the queue, or between two steps. */
export function waitEventsLocation({ id }: Run): string {
  return `/runs/${id}/events`;
}

/** Whether a step runs now, so that its log grows. */
export function isRunning(step: RunStep): boolean {
  return inProgress(step) && step.started_at !== null;
}

/** Whether a run is in progress and none of its steps runs. */
export function isWaiting(world: World, run: Run): boolean {
  return inProgress(run) && !stepsOfRun(world, run).some(isRunning);
}

/**
 * Server-sent events for the pages. The log of a step: `restart` first, then the text as JSON as it grows, then `end` when
 * the step has ended. A run that waits: `end` when a step runs or the run has ended.
 */
export const logEventRoutes: Routes = (app, world) => {
  const closing = new AbortController();
  app.addHook("preClose", (done) => {
    closing.abort();
    done();
  });
  app.get("/runs/:run/steps/:step/events", { config: { isPublic: true } }, (request, reply) => {
    const run = runIn(world, request.params);
    const step = idIn(request.params, "step");
    if (!run.step_ids.includes(step)) throw notFound(`step ${step} of run ${run.id}`);
    sendEvents(reply, closing.signal, (stop, write) => follow(world, step, stop, write));
  });
  app.get("/runs/:run/events", { config: { isPublic: true } }, (request, reply) => {
    const { id } = runIn(world, request.params);
    sendEvents(reply, closing.signal, async (stop, write) => {
      while (!stop.aborted && isWaiting(world, runsOf(world).get(id)!)) await pause(stop);
      write(END);
    });
  });
};

const END = "event: end\ndata:\n\n";

type Write = (text: string) => void;

function sendEvents(
  reply: FastifyReply,
  closing: AbortSignal,
  produce: (stop: AbortSignal, write: Write) => Promise<void>,
): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  // Without it, the browser would not know before the first event that the server answers.
  raw.flushHeaders();
  const gone = new AbortController();
  raw.on("close", () => {
    gone.abort();
  });
  void produce(AbortSignal.any([closing, gone.signal]), (text) => raw.write(text)).finally(() => raw.end());
}

async function follow(world: World, stepId: number, stop: AbortSignal, write: Write): Promise<void> {
  write("event: restart\ndata:\n\n");
  let sent = 0;
  while (!stop.aborted) {
    // The status is read before the log, so that the last lines are sent before the end.
    const step = stepsOf(world).get(stepId)!;
    const log = world.runsFolder === undefined ? "" : readLog(runFolder(world.runsFolder, step.run_id).log(step.index));
    if (log.length > sent) write(`data: ${JSON.stringify(visible(log.slice(sent)))}\n\n`);
    sent = log.length;
    if (!inProgress(step)) {
      write(END);
      return;
    }
    await pause(stop);
  }
}

async function pause(stop: AbortSignal): Promise<void> {
  await delay(PAUSE_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
}
