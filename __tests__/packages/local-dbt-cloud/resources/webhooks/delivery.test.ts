import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { jobsOf } from "../../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { endRun } from "../../../../../packages/local-dbt-cloud/resources/runs/ending";
import { queueRun, STATUS, type EndStatus } from "../../../../../packages/local-dbt-cloud/resources/runs/runs";
import { deliverWebhooks } from "../../../../../packages/local-dbt-cloud/resources/webhooks/delivery";
import { webhooksOf } from "../../../../../packages/local-dbt-cloud/resources/webhooks/webhooks";
import { localDbtCloud, V2, V3, type LocalDbtCloud } from "../../../../support/local-dbt-cloud";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let cloud: LocalDbtCloud;
let server: Server;
let received: Received[];
/** The statuses of the next answers; then 200. */
let answers: number[];
let stop: () => Promise<void>;
beforeEach(async () => {
  cloud = localDbtCloud();
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, text });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = deliverWebhooks(cloud.world, { firstWait: 1 });
});
afterEach(async () => {
  await stop();
  await new Promise((resolve) => server.close(resolve));
  await cloud.close();
});

async function subscribe(more: object = {}): Promise<{ id: string; hmac_secret: string }> {
  const client_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const { body } = await cloud.send("POST", `${V3}/webhooks/subscriptions`, { name: "hook", client_url, ...more });
  return body.data as { id: string; hmac_secret: string };
}

async function newJob(): Promise<number> {
  const job = { name: "daily", project_id: 102, environment_id: 302, execute_steps: ["dbt build"] };
  return ((await cloud.send("POST", `${V2}/jobs/`, job)).body.data as { id: number }).id;
}

/** Starts and ends a run of a job, without dbt. */
function runToEnd(jobId: number, status: EndStatus): void {
  const trigger = { cause: "a test", cause_category: "api" } as const;
  const run = queueRun(cloud.world, jobsOf(cloud.world).get(jobId)!, { trigger });
  cloud.world.signals.emit("started", run.id);
  endRun(cloud.world, run, { status });
}

async function events(count: number): Promise<Record<string, unknown>[]> {
  for (let i = 0; received.length < count && i < 500; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  return received.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
}

/** Waits until the stored status of the last answer is this one. */
async function statusOfAnswer(status: string): Promise<void> {
  const current = (): string | undefined => webhooksOf(cloud.world).all()[0]?.http_status_code;
  for (let i = 0; current() !== status && i < 500; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(current()).toBe(status);
}

describe("a webhook", () => {
  it("gets the start and the end of a run, signed with its secret", async () => {
    const { id, hmac_secret } = await subscribe();
    const job = await newJob();
    runToEnd(job, STATUS.success);
    const sent = await events(2);
    const data = { jobId: String(job), jobName: "daily", projectId: "102", environmentName: "marketing-production" };
    const own = { webhookId: id, accountId: 12345, webhookName: "hook" };
    const byType = Object.fromEntries(sent.map((event) => [event["eventType"] as string, event as unknown]));
    expect(byType).toMatchObject({
      "job.run.started": { ...own, data: { ...data, runStatus: "Running", runStatusCode: 3, runReason: "a test" } },
      "job.run.completed": { ...own, data: { ...data, runStatus: "Success", runStatusCode: 10 } },
    });
    expect(sent).toHaveLength(2);
    for (const { headers, text } of received) {
      expect(headers.authorization).toBe(createHmac("sha256", hmac_secret).update(text).digest("hex"));
    }
  });

  it("gets an errored run as completed and as errored, and only the events and jobs that it names", async () => {
    const [named, other] = [await newJob(), await newJob()];
    await subscribe({ event_types: ["job.run.errored"], job_ids: [named] });
    await subscribe({ event_types: ["job.run.completed"], job_ids: [named] });
    await subscribe({ active: false });
    runToEnd(other, STATUS.error);
    runToEnd(named, STATUS.cancelled);
    runToEnd(named, STATUS.error);
    const sent = await events(3);
    await stop();
    expect(sent.map(({ eventType }) => eventType).sort()).toEqual([
      "job.run.completed",
      "job.run.completed",
      "job.run.errored",
    ]);
    expect(received).toHaveLength(3);
  });

  it("gets an event again until it answers with 2xx, and five times at most", async () => {
    await subscribe({ event_types: ["job.run.completed"] });
    answers = [500, 302];
    runToEnd(await newJob(), STATUS.success);
    await statusOfAnswer("200");
    expect(new Set((await events(3)).map(({ eventId }) => eventId)).size).toBe(1);
    expect(received).toHaveLength(3);

    received = [];
    answers = [503, 503, 503, 503, 503, 200];
    runToEnd(await newJob(), STATUS.success);
    await events(5);
    // A sixth attempt would follow after 16 ms.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await statusOfAnswer("503");
    expect(received).toHaveLength(5);
  });

  it("gets a signed test event when it is asked for, although it is not active, and the answer has its status", async () => {
    const { id, hmac_secret } = await subscribe({ active: false, event_types: ["job.run.errored"] });
    const test = `${V3}/webhooks/subscription/${id}/test`;
    answers = [204, 500];
    const passed = (await cloud.send("GET", test)).body.data as { event_id: string };
    const [event] = await events(1);
    expect(event).toMatchObject({ eventId: passed.event_id, webhookId: id, eventType: "job.run.errored" });
    expect(event!["data"]).toMatchObject({ runReason: "Test of the webhook", runId: "0" });
    const { headers, text } = received[0]!;
    expect(headers.authorization).toBe(createHmac("sha256", hmac_secret).update(text).digest("hex"));
    expect(passed).toMatchObject({ verification_status: "204", verification_error: null });
    expect((await cloud.send("GET", test)).body.data).toMatchObject({ verification_status: "500" });
    expect([received.length, webhooksOf(cloud.world).all()[0]?.http_status_code]).toEqual([2, "500"]);
  });

  it("has the reason in the answer to a test when its address does not answer", async () => {
    const { id } = await subscribe({ client_url: "http://127.0.0.1:1/hook" });
    const { body } = await cloud.send("GET", `${V3}/webhooks/subscription/${id}/test`);
    expect(body.data).toMatchObject({
      verification_status: null,
      verification_error: expect.stringContaining("failed") as string,
    });
    expect((await cloud.send("GET", `${V3}/webhooks/subscription/wsu_0/test`)).code).toBe(404);
  });

  it("does not get what happens after the stop, and an address that is down does no harm", async () => {
    await subscribe();
    await new Promise((resolve) => server.close(resolve));
    runToEnd(await newJob(), STATUS.success);
    await statusOfAnswer("0");
    await stop();
    expect(() => {
      runToEnd(jobsOf(cloud.world).all()[0]!.id, STATUS.success);
    }).not.toThrow();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    expect(received).toEqual([]);
  });
});
