import { createHmac, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../../world";
import { environmentsOf } from "../environments/environments";
import { jobsOf } from "../jobs/jobs";
import { projectsOf } from "../projects/projects";
import { runsOf, STATUS, type Run } from "../runs/runs";
import { statusFields } from "../runs/status-fields";
import { webhooksOf, type EventType, type Webhook } from "./webhooks";

/** The most that dbt Cloud sends one event. */
const ATTEMPTS = 5;

/** How long an address may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/** How events are sent. */
export interface DeliveryOptions {
  /**
   * Milliseconds before the second attempt. Each later wait is twice as long.
   *
   * @default 1000
   */
  readonly firstWait?: number;
}

/**
 * Sends the starts and ends of runs to the webhooks that subscribe to them. The header `Authorization` of each event is
 * the HMAC-SHA256 of its body, with the webhook's secret, as in dbt Cloud.
 *
 * @returns a function that stops, and waits for the events that are being sent
 */
export function deliverWebhooks(world: World, { firstWait = 1000 }: DeliveryOptions = {}): () => Promise<void> {
  const stopped = new AbortController();
  const sending = new Set<Promise<void>>();
  const deliver = (runId: number, types: readonly EventType[]): void => {
    const run = runsOf(world).get(runId)!;
    for (const type of types) {
      for (const webhook of webhooksOf(world).all().filter(hears(type, run))) {
        const sent = send(world, webhook, eventOf(world, webhook, type, run), firstWait, stopped.signal);
        sending.add(sent);
        void sent.finally(() => sending.delete(sent));
      }
    }
  };
  const started = (runId: number): void => {
    deliver(runId, ["job.run.started"]);
  };
  const ended = (runId: number, status: number): void => {
    deliver(runId, status === STATUS.error ? ["job.run.completed", "job.run.errored"] : ["job.run.completed"]);
  };
  world.signals.on("started", started).on("ended", ended);
  return async () => {
    world.signals.off("started", started).off("ended", ended);
    stopped.abort();
    await Promise.all(sending);
  };
}

function hears(type: EventType, run: Run): (webhook: Webhook) => boolean {
  return ({ state, active, event_types, job_ids }) =>
    state === 1 &&
    active &&
    event_types.includes(type) &&
    (job_ids.length === 0 || job_ids.includes(run.job_definition_id));
}

/** Sends an event until the address answers with 2xx. It never throws, because nobody waits for the answer. */
async function send(
  world: World,
  webhook: Webhook,
  body: string,
  firstWait: number,
  stopped: AbortSignal,
): Promise<void> {
  const signature = createHmac("sha256", webhook.hmac_secret).update(body).digest("hex");
  const headers = { "content-type": "application/json", authorization: signature };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      if (attempt > 0) await delay(firstWait * 2 ** (attempt - 1), undefined, { signal: stopped });
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(PATIENCE)]);
      const answer = await fetch(webhook.client_url, { method: "POST", headers, body, signal, redirect: "manual" });
      await answer.body?.cancel();
      record(world, webhook, answer.status);
      if (answer.ok) return;
    } catch {
      if (stopped.aborted) return;
      record(world, webhook, 0);
    }
  }
}

function record(world: World, { id }: Webhook, status: number): void {
  const webhook = webhooksOf(world).get(id)!;
  webhooksOf(world).put({ ...webhook, http_status_code: String(status) });
}

function eventOf(world: World, webhook: Webhook, eventType: EventType, run: Run): string {
  const { status_humanized, status } = statusFields(eventType === "job.run.started" ? STATUS.running : run.status);
  const hasEnded = eventType !== "job.run.started";
  return JSON.stringify({
    accountId: run.account_id,
    webhookId: webhook.uid,
    eventId: `wev_${randomBytes(12).toString("hex")}`,
    timestamp: world.clock.now().toISOString(),
    eventType,
    webhookName: webhook.name,
    data: {
      jobId: String(run.job_definition_id),
      jobName: jobsOf(world).get(run.job_definition_id)?.name,
      runId: String(run.id),
      environmentId: String(run.environment_id),
      environmentName: environmentsOf(world).get(run.environment_id)?.name,
      dbtVersion: run.dbt_version,
      projectId: String(run.project_id),
      projectName: projectsOf(world).get(run.project_id)?.name,
      runStatus: status_humanized,
      runStatusCode: status,
      runStatusMessage: run.status_message ?? "None",
      runReason: run.trigger.cause,
      runStartedAt: run.started_at,
      ...(hasEnded && { runFinishedAt: run.finished_at }),
    },
  });
}
