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

/** How the address of a webhook answered a test event. */
export interface TestResult {
  readonly eventId: string;
  /** The status of the answer; null when there was none. */
  readonly status: number | null;
  /** Why there was no answer; null when there was one. */
  readonly error: string | null;
}

/**
 * Sends one test event, signed as any other, also to a webhook that is not active. It is sent once. Its job and its run
 * are examples: their ids are 0.
 */
export async function testWebhook(world: World, webhook: Webhook): Promise<TestResult> {
  const now = world.clock.now().toISOString();
  const { status_humanized, status } = statusFields(STATUS.success);
  const { eventId, body } = newEvent(world, webhook, webhook.event_types[0] ?? "job.run.completed", {
    ...{ jobId: "0", jobName: "Test", runId: "0", environmentId: "0", environmentName: "Test", dbtVersion: "latest" },
    ...{ projectId: "0", projectName: "Test", runStatus: status_humanized, runStatusCode: status },
    ...{ runStatusMessage: "None", runReason: "Test of the webhook", runStartedAt: now, runFinishedAt: now },
  });
  try {
    const answered = await post(webhook, body);
    record(world, webhook, answered);
    return { eventId, status: answered, error: null };
  } catch (error) {
    record(world, webhook, 0);
    const { message, cause } = error as Error;
    return { eventId, status: null, error: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

/** Sends an event until the address answers with 2xx. It never throws, because nobody waits for the answer. */
async function send(
  world: World,
  webhook: Webhook,
  body: string,
  firstWait: number,
  stopped: AbortSignal,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      if (attempt > 0) await delay(firstWait * 2 ** (attempt - 1), undefined, { signal: stopped });
      const status = await post(webhook, body, stopped);
      record(world, webhook, status);
      if (status >= 200 && status < 300) return;
    } catch {
      if (stopped.aborted) return;
      record(world, webhook, 0);
    }
  }
}

/** Sends an event once, and returns the status of the answer. @throws when there is no answer within 10 seconds */
async function post({ client_url, hmac_secret }: Webhook, body: string, stopped?: AbortSignal): Promise<number> {
  const signature = createHmac("sha256", hmac_secret).update(body).digest("hex");
  const headers = { "content-type": "application/json", authorization: signature };
  const signal = AbortSignal.any([...(stopped ? [stopped] : []), AbortSignal.timeout(PATIENCE)]);
  const answer = await fetch(client_url, { method: "POST", headers, body, signal, redirect: "manual" });
  await answer.body?.cancel();
  return answer.status;
}

function record(world: World, { id }: Webhook, status: number): void {
  const webhook = webhooksOf(world).get(id)!;
  webhooksOf(world).put({ ...webhook, http_status_code: String(status) });
}

function eventOf(world: World, webhook: Webhook, eventType: EventType, run: Run): string {
  const { status_humanized, status } = statusFields(eventType === "job.run.started" ? STATUS.running : run.status);
  const hasEnded = eventType !== "job.run.started";
  const { body } = newEvent(world, webhook, eventType, {
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
  });
  return body;
}

/** An event as it is sent. @param data what the event says about the run */
function newEvent(
  world: World,
  webhook: Webhook,
  eventType: EventType,
  data: object,
): { readonly eventId: string; readonly body: string } {
  const eventId = `wev_${randomBytes(12).toString("hex")}`;
  const body = JSON.stringify({
    accountId: webhook.account_id,
    webhookId: webhook.uid,
    eventId,
    timestamp: world.clock.now().toISOString(),
    eventType,
    webhookName: webhook.name,
    data,
  });
  return { eventId, body };
}
