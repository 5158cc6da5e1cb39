import { z } from "zod";
import { DbtCloudClient, type ClientOptions } from "../../../src/dbt-cloud/client";
import { systemClock } from "../../../src/dbt-cloud/clock";
import { DbtCloudError } from "../../../src/dbt-cloud/errors";
import {
  pageOf,
  scriptedServer,
  single,
  type Reply,
  type Script,
  type ScriptedServer,
} from "../../support/scripted-server";
import { testClock, type TestClock } from "../../support/test-clock";

const item = z.object({ id: z.int() });
const rows = (count: number, from = 1): { id: number }[] => Array.from({ length: count }, (_, i) => ({ id: from + i }));

let clock: TestClock;
/** The pauses before the repetitions, in milliseconds. */
const waited = (): readonly number[] => clock.pauses;
beforeEach(() => {
  clock = testClock();
});

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function clientOf(script: Script, options: Partial<ClientOptions> = {}): Promise<DbtCloudClient> {
  server = await scriptedServer(script);
  return new DbtCloudClient({ host: server.url, accountId: 7, token: "dbtc_0123456789", clock, ...options });
}

/** Answers with each reply once, and then always with the last one. */
function inTurn(...replies: readonly Reply[]): Script {
  return (_asked, index) => replies[Math.min(index, replies.length - 1)]!;
}

async function failureOf(promise: Promise<unknown>): Promise<DbtCloudError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DbtCloudError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const HTML = "<!DOCTYPE html><html><body>Sign in</body></html>";
const page = (text = HTML, status = 200): Reply => ({ status, text, headers: { "content-type": "text/html" } });

describe("a request", () => {
  it("has the token, the account, the query and the body", async () => {
    const client = await clientOf(() => single({ id: 1 }));
    await client.get("v2/jobs/1/", item, { include_related: '["run_steps"]', name: "a&b=ü" });
    await client.post("v3/projects/1/x/", { name: "ü" }, item);
    expect(server!.lines()).toEqual([
      "GET /api/v2/accounts/7/jobs/1/?include_related=%5B%22run_steps%22%5D&name=a%26b%3D%C3%BC",
      "POST /api/v3/accounts/7/projects/1/x/",
    ]);
    expect(server!.asked.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 2 }, () => "Token dbtc_0123456789"),
    );
    expect(server!.asked.map(({ body }) => body)).toEqual(["", '{"name":"ü"}']);
  });

  it("is logged with its body each time that it is sent", async () => {
    const log = jest.fn();
    const client = await clientOf(inTurn({ status: 429 }, single({ id: 1 })), { log });
    await client.post("v2/jobs/", { name: "a" }, item);
    expect(log.mock.calls).toEqual([
      ["POST v2/jobs/", { name: "a" }],
      ["POST v2/jobs/", { name: "a" }],
    ]);
  });

  it("has the address of an object's page", async () => {
    const client = await clientOf(() => single({}));
    expect(client.pageUrl("projects/1/jobs/2")).toBe(`${server!.url}/deploy/7/projects/1/jobs/2`);
  });
});

describe("a list", () => {
  it.each([
    [0, 1],
    [1, 1],
    [100, 1],
    [101, 2],
    [199, 2],
    [200, 3],
    [1000, 11],
  ])("of %d items takes %d requests", async (count, requests) => {
    const client = await clientOf((asked) => pageOf(rows(count), asked));
    expect(await client.list("v2/jobs/", item, { environment_id: 9 })).toEqual(rows(count));
    expect(server!.asked).toHaveLength(requests);
    expect(server!.lines()[0]).toBe("GET /api/v2/accounts/7/jobs/?environment_id=9&limit=100");
  });

  it("reads all pages after the first in parallel", async () => {
    let others = 0;
    let letGo!: () => void;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const client = await clientOf(async (asked, index) => {
      if (index > 0 && ++others === 4) letGo();
      if (index > 0) await gate;
      return pageOf(rows(500), asked);
    });
    expect(await client.list("v2/jobs/", item)).toHaveLength(500);
  });

  it("is read again when it changed during the read", async () => {
    const client = await clientOf((asked, index) => pageOf(rows(index === 0 ? 150 : 151), asked));
    expect(await client.list("v2/jobs/", item)).toEqual(rows(151));
    expect(server!.asked).toHaveLength(4);
  });

  it("is read again when an item is on two pages", async () => {
    const client = await clientOf((asked, index) =>
      pageOf(index === 1 ? [...rows(101), ...rows(49, 100)] : rows(150), asked),
    );
    expect(await client.list("v2/jobs/", item)).toEqual(rows(150));
    expect(server!.asked).toHaveLength(4);
  });

  it("is read again when items move between pages while their number stays", async () => {
    const after = [...rows(150).slice(1), { id: 999 }];
    const client = await clientOf((asked, index) => pageOf(index === 0 ? rows(150) : after, asked));
    expect(await client.list("v2/jobs/", item)).toEqual(after);
    expect(server!.asked).toHaveLength(4);
  });

  it("fails when it changes during each read", async () => {
    const client = await clientOf((asked, index) => pageOf(rows(150 + index), asked));
    expect(await failureOf(client.list("v2/jobs/", item))).toMatchObject({
      failure: "unreadable",
      message: "GET v2/jobs/: the list changed during each read; try again in a moment",
    });
  });

  it.each([
    ["the first page", 0, 100],
    ["a later page", 1, 51],
  ])("fails at once when %s is incomplete", async (_, short, due) => {
    const client = await clientOf((asked, index) => {
      const reply = pageOf(rows(150), asked) as { json: { data: unknown[] } };
      return index === short ? { json: { ...reply.json, data: reply.json.data.slice(1) } } : reply;
    });
    const { failure, message } = await failureOf(client.list("v2/jobs/", item));
    expect(failure).toBe("unreadable");
    expect(message).toMatch(
      new RegExp(
        `^GET v2/jobs/\\S+ was answered with ${due - 1} items, but ${due} of 150 were expected; nothing was changed`,
      ),
    );
    expect(server!.asked).toHaveLength(short + 1);
  });

  it("fails when the count of a page differs from its items", async () => {
    const json = { data: rows(1), extra: { pagination: { count: 2, total_count: 1 } } };
    const client = await clientOf(() => ({ json }));
    expect((await failureOf(client.list("v2/jobs/", item))).failure).toBe("unreadable");
  });

  it.each<[string, Reply, RegExp]>([
    ["HTML", page(), /was answered with a page of HTML; check DBTCLOUD_HOST_URL and the proxies in between$/],
    ["nothing", { text: "" }, /was answered with an empty body; check DBTCLOUD_HOST_URL/],
    ["half of an answer", { text: '{"data": [' }, /was answered with text that is not JSON; check DBTCLOUD_HOST_URL/],
    [
      "no list",
      { json: { data: null, status: {} } },
      /was answered in an unexpected format at data: .*; the answer was not used/,
    ],
    ["no count", { json: { data: [] } }, /was answered in an unexpected format at extra: /],
    [
      "an item of another shape",
      { json: { data: [{ id: "1" }], extra: { pagination: { count: 1, total_count: 1 } } } },
      /was answered in an unexpected format at 0\.id: /,
    ],
  ])("fails when the answer is %s", async (_, reply, message) => {
    const client = await clientOf(() => reply);
    const failure = await failureOf(client.list("v2/jobs/", item));
    expect(failure.failure).toBe("unreadable");
    expect(failure.message).toMatch(message);
    expect(server!.asked).toHaveLength(1);
  });
});

describe("the first items of a list", () => {
  it("are read in one request", async () => {
    const client = await clientOf((asked) => pageOf(rows(150), asked));
    expect(await client.first("v2/runs/", item, { order_by: "-id" }, 3)).toEqual(rows(3));
    expect(server!.lines()).toEqual(["GET /api/v2/accounts/7/runs/?order_by=-id&limit=3"]);
  });
});

describe("a temporary failure", () => {
  it.each([408, 429, 500, 502, 503, 504])("such as %d is repeated", async (status) => {
    const client = await clientOf(inTurn({ status }, { status }, single({ id: 1 })));
    expect(await client.get("v2/jobs/1/", item)).toEqual({ id: 1 });
    expect(server!.asked).toHaveLength(3);
  });

  it("such as a lost connection is repeated", async () => {
    const client = await clientOf(inTurn("drop", single({ id: 1 })));
    expect(await client.get("v2/jobs/1/", item)).toEqual({ id: 1 });
  });

  it("fails after five attempts, with dbt Cloud's message", async () => {
    const status = { code: 503, user_message: "Down\n for  maintenance" };
    const client = await clientOf(() => ({ status: 503, json: { status, data: {} } }));
    expect(await failureOf(client.get("v2/jobs/1/", item))).toMatchObject({
      failure: "lost",
      message: "GET v2/jobs/1/ was answered with 503: Down for maintenance",
    });
    expect(server!.asked).toHaveLength(5);
  });

  it("is repeated after pauses of random length that grow", async () => {
    const client = await clientOf(() => ({ status: 500 }), { patience: 400, random: () => 0.5 });
    await failureOf(client.get("v2/jobs/1/", item));
    expect(waited()).toEqual([200, 400, 800, 1600]);
  });

  it.each([
    ["seconds", () => "7"],
    ["a date", () => new Date(Date.now() + 7000).toUTCString()],
  ])("is repeated after the time that Retry-After has in %s", async (_, header) => {
    const reply = { status: 429, headers: { "retry-after": header() } };
    const client = await clientOf(inTurn(reply, single({ id: 1 })), { random: () => 0 });
    await client.get("v2/jobs/1/", item);
    expect(waited()).toHaveLength(1);
    expect(waited()[0]).toBeGreaterThan(5500);
    expect(waited()[0]).toBeLessThanOrEqual(7000);
  });

  it("is not repeated when Retry-After is longer than two minutes", async () => {
    const client = await clientOf(() => ({ status: 429, headers: { "retry-after": "121" } }));
    const failure = await failureOf(client.get("v2/jobs/1/", item));
    expect([failure.failure, failure.retryAfterSeconds]).toEqual(["busy", 121]);
    expect(server!.asked).toHaveLength(1);
  });

  it("has a message when there is no server", async () => {
    const client = await clientOf(() => "drop");
    await server!.close();
    const { url } = server!;
    server = undefined;
    const { failure, message } = await failureOf(client.get("v2/jobs/1/", item));
    expect(failure).toBe("lost");
    expect(message).toContain(`GET v2/jobs/1/ was not answered by ${url}: `);
  });

  it("has a message when an answer takes too long", async () => {
    const limits: number[] = [];
    const timeout = (milliseconds: number): AbortSignal => {
      limits.push(milliseconds);
      return AbortSignal.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    };
    const client = await clientOf(() => single({ id: 1 }), { clock: testClock({ timeout }) });
    const { failure, message } = await failureOf(client.get("v2/jobs/1/", item));
    expect(failure).toBe("lost");
    expect(message).toContain(`GET v2/jobs/1/ was not answered by ${server!.url}: `);
    expect(limits).toEqual(Array.from({ length: 5 }, () => 30_000));
  });
});

describe("a refusal", () => {
  const refusal = (status: number, words: string, data: unknown = {}): Reply => ({
    status,
    json: { status: { code: status, user_message: words }, data },
  });

  it.each<[Reply, string, string]>([
    [refusal(401, "Invalid token."), "refused", "401: Invalid token; check DBTCLOUD_TOKEN"],
    [
      refusal(403, "Forbidden."),
      "refused",
      "403: Forbidden; DBTCLOUD_TOKEN must be a token of the account DBTCLOUD_ACCOUNT_ID with the permission to edit jobs of this project",
    ],
    [
      refusal(404, "No job 1"),
      "missing",
      "404: No job 1; the object does not exist, or the id of the account, project or environment is wrong",
    ],
    [
      refusal(400, "Invalid", { schedule: { time: { interval: ["required key not provided"] } } }),
      "refused",
      '400: Invalid {"schedule":{"time":{"interval":["required key not provided"]}}}',
    ],
    [{ status: 405, json: { detail: 'Method "GET" not allowed.' } }, "refused", '405: Method "GET" not allowed'],
    [
      page(HTML, 403),
      "refused",
      "403: a page of HTML, not the Admin API; check DBTCLOUD_HOST_URL and the proxies in between",
    ],
    [{ status: 418, text: "tea" }, "refused", "418"],
    [refusal(422, "x".repeat(400)), "refused", `422: ${"x".repeat(300)}…`],
  ])("is final: %j", async (reply, kind, words) => {
    const client = await clientOf(() => reply);
    const { failure, message } = await failureOf(client.get("v2/jobs/1/", item));
    expect([failure, message]).toEqual([kind, `GET v2/jobs/1/ was answered with ${words}`]);
    expect(server!.asked).toHaveLength(1);
  });

  it("also comes from a redirect, so that the token is not sent elsewhere", async () => {
    const client = await clientOf(() => ({ status: 302, headers: { location: "/sign-in" } }));
    expect((await failureOf(client.get("v2/jobs/1/", item))).message).toMatch(
      /^GET v2\/jobs\/1\/ was not answered by /,
    );
    expect(new Set(server!.lines())).toEqual(new Set(["GET /api/v2/accounts/7/jobs/1/"]));
  });
});

describe("a file", () => {
  it("is read unchanged", async () => {
    const client = await clientOf(() => ({ text: '{"results": []}' }));
    expect(await client.file("v2/runs/1/artifacts/a.json", { step: 2 })).toBe('{"results": []}');
  });

  it("may be missing, but not refused", async () => {
    const missing = await clientOf(() => ({ status: 404, json: {} }));
    expect(await missing.file("v2/runs/1/artifacts/a.json")).toBeUndefined();
    await server!.close();
    const refused = await clientOf(() => ({ status: 401, json: {} }));
    expect((await failureOf(refused.file("v2/runs/1/artifacts/a.json"))).failure).toBe("refused");
  });
});

describe("a write whose answer was lost", () => {
  const lost: readonly [string, Reply][] = [
    ["a closed connection", "drop"],
    ["503", { status: 503 }],
    ["503 with a page of HTML", page(HTML, 503)],
    ["a page of HTML", page()],
    ["half of an answer", { text: '{"data":' }],
    ["an answer of another shape", { json: { data: { id: "1" }, status: {} } }],
  ];

  it.each(lost)("as %s is searched for before it is sent again", async (_, reply) => {
    const client = await clientOf(inTurn(reply, single({ id: 1 })));
    const recover = jest.fn(() => Promise.resolve({ id: 9 }));
    expect(await client.post("v2/jobs/", {}, item, recover)).toEqual({ id: 9 });
    expect(recover).toHaveBeenCalledTimes(1);
    expect(server!.asked).toHaveLength(1);
  });

  it.each(lost)("as %s is sent again when it changed nothing", async (_, reply) => {
    const client = await clientOf(inTurn(reply, single({ id: 1 })));
    expect(await client.post("v2/jobs/", {}, item, () => Promise.resolve(undefined))).toEqual({ id: 1 });
    expect(server!.asked).toHaveLength(2);
  });

  it("is searched for before each further attempt, after any failure", async () => {
    const client = await clientOf(inTurn("drop", { status: 429 }, { status: 429 }, single({ id: 1 })));
    const recover = jest.fn(() => Promise.resolve(undefined));
    await client.post("v2/jobs/", {}, item, recover);
    expect(recover).toHaveBeenCalledTimes(3);
  });

  it("is not sent again when the search fails permanently", async () => {
    const client = await clientOf(inTurn("drop", single({ id: 1 })));
    const recover = (): Promise<undefined> => Promise.reject(new DbtCloudError("refused", "no"));
    expect((await failureOf(client.post("v2/jobs/", {}, item, recover))).message).toBe("no");
    expect(server!.asked).toHaveLength(1);
  });

  it("is searched for after 429 too, and sent again when nothing is found", async () => {
    const client = await clientOf(inTurn({ status: 429 }, single({ id: 1 })));
    const recover = jest.fn(() => Promise.resolve(undefined));
    expect(await client.post("v2/jobs/", {}, item, recover)).toEqual({ id: 1 });
    expect(recover).toHaveBeenCalledTimes(1);
  });

  it("is not sent again after a refusal", async () => {
    const client = await clientOf(() => ({ status: 400, json: {} }));
    await failureOf(client.post("v2/jobs/", {}, item));
    expect(server!.asked).toHaveLength(1);
  });
});

describe("a delete", () => {
  it.each<[string, Reply]>([
    ["done", { status: 204 }],
    ["done with words", single({ id: 1 })],
    ["not there any more", { status: 404, json: { status: { code: 404 } } }],
  ])("succeeds when it is %s", async (_, reply) => {
    const client = await clientOf(() => reply);
    await client.delete("v2/jobs/1/");
    expect(server!.lines()).toEqual(["DELETE /api/v2/accounts/7/jobs/1/"]);
  });

  it("is sent again when its answer was lost", async () => {
    const client = await clientOf(inTurn("drop", { status: 404, json: {} }));
    await client.delete("v2/jobs/1/");
    expect(server!.asked).toHaveLength(2);
  });

  it("fails when a proxy answers with a page", async () => {
    const client = await clientOf(() => page());
    expect((await failureOf(client.delete("v2/jobs/1/"))).message).toBe(
      "DELETE v2/jobs/1/ was answered with a page of HTML; check DBTCLOUD_HOST_URL and the proxies in between",
    );
  });

  it("fails when it is refused", async () => {
    const client = await clientOf(() => ({ status: 403, json: {} }));
    expect((await failureOf(client.delete("v2/jobs/1/"))).failure).toBe("refused");
  });
});

describe("a client that only reads", () => {
  it("sends no write", async () => {
    const client = await clientOf(() => single({ id: 1 }), { readOnly: true });
    expect((await failureOf(client.post("v2/jobs/", {}, item))).message).toBe(
      "POST v2/jobs/ was not sent: DBTCLOUD_READONLY blocks every write",
    );
    expect((await failureOf(client.delete("v2/jobs/1/"))).failure).toBe("unsent");
    await client.get("v2/jobs/1/", item);
    expect(server!.lines()).toEqual(["GET /api/v2/accounts/7/jobs/1/"]);
  });
});

describe("a client that stops", () => {
  it("waits for the requests that it has sent, and sends no new ones", async () => {
    const stop = new AbortController();
    const client = await clientOf(
      () => {
        stop.abort();
        return single({ id: 1 });
      },
      { stop: stop.signal },
    );
    expect(await client.post("v2/jobs/", {}, item)).toEqual({ id: 1 });
    expect(await failureOf(client.get("v2/jobs/1/", item))).toMatchObject({
      failure: "unsent",
      message: "GET v2/jobs/1/ was not sent: the program was asked to stop",
    });
    expect(server!.asked).toHaveLength(1);
  });

  it("repeats nothing", async () => {
    const stop = new AbortController();
    const client = await clientOf(
      () => {
        stop.abort();
        return "drop";
      },
      { stop: stop.signal },
    );
    const { failure } = await failureOf(client.post("v2/jobs/", {}, item, () => client.get("v2/jobs/1/", item)));
    expect([failure, server!.asked.length]).toEqual(["lost", 1]);
  });

  it("ends the pause that dbt Cloud asked for", async () => {
    const stop = new AbortController();
    const options = { stop: stop.signal, clock: systemClock };
    const client = await clientOf(() => ({ status: 429, headers: { "retry-after": "100" } }), options);
    const failure = failureOf(client.get("v2/jobs/1/", item));
    while (server!.asked.length === 0) await new Promise(setImmediate);
    setImmediate(() => {
      stop.abort();
    });
    expect((await failure).failure).toMatch(/^(?:busy|unsent)$/);
  });
});

describe("the number of parallel requests", () => {
  it.each([
    ["writes", 8, (client: DbtCloudClient) => client.post("v2/jobs/", {}, item)],
    ["reads", 16, (client: DbtCloudClient) => client.get("v2/jobs/1/", item)],
  ] as const)("of %s is %d at the most", async (_, most, send) => {
    let now = 0;
    let peak = 0;
    const client = await clientOf(async () => {
      peak = Math.max(peak, ++now);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      now--;
      return single({ id: 1 });
    });
    await Promise.all(Array.from({ length: 60 }, () => send(client)));
    expect(peak).toBeLessThanOrEqual(most);
    expect(peak).toBeGreaterThan(most / 2);
  });
});
