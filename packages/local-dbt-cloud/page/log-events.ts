import { setTimeout as delay } from "node:timers/promises";
import { readLog, runFolder } from "../resources/runs/files";
import { inProgress, runIn, stepsOf, type RunStep } from "../resources/runs/runs";
import { notFound } from "../http/refused";
import { idIn } from "../http/query";
import type { Routes, World } from "../world";
import { visible } from "./visible";

const PAUSE_MILLISECONDS = 250;

/** The address of the log of a running step as server-sent events. */
export function logEventsLocation({ run_id, id }: RunStep): string {
  return `/runs/${run_id}/steps/${id}/events`;
}

/**
 * The log of a step as server-sent events: `restart` first, then the text as JSON as it grows, then `end` when the step
 * has ended.
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
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const gone = new AbortController();
    raw.on("close", () => {
      gone.abort();
    });
    const signal = AbortSignal.any([closing.signal, gone.signal]);
    void follow(world, step, signal, (text) => raw.write(text)).finally(() => raw.end());
  });
};

async function follow(world: World, stepId: number, stop: AbortSignal, write: (text: string) => void): Promise<void> {
  write("event: restart\ndata:\n\n");
  let sent = 0;
  while (!stop.aborted) {
    // The status is read before the log, so that the last lines are sent before the end.
    const step = stepsOf(world).get(stepId)!;
    const log = world.runsFolder === undefined ? "" : readLog(runFolder(world.runsFolder, step.run_id).log(step.index));
    if (log.length > sent) write(`data: ${JSON.stringify(visible(log.slice(sent)))}\n\n`);
    sent = log.length;
    if (!inProgress(step)) {
      write("event: end\ndata:\n\n");
      return;
    }
    await delay(PAUSE_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
  }
}
