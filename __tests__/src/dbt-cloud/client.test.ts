import { z } from "zod";
import { DbtCloudClient, type ClientOptions } from "../../../src/dbt-cloud/client";
import { systemClock, type Clock } from "../../../src/dbt-cloud/clock";
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

  it.each([
    ["fewer", 0],
    ["fewer", 150],
    ["as many", 300],
    ["more", 500],
  ])("reads the likely pages together with the first one, and has %s items: %d", async (_than, count) => {
    let asked = 0;
    let letGo!: () => void;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const client = await clientOf(async (request) => {
      if (++asked === 4) letGo();
      await gate;
      return pageOf(rows(count), request);
    });
    expect(await client.list("v2/jobs/", item, {}, 300)).toEqual(rows(count));
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
      message: "the list changed during each read; try again in a moment\n  request: GET v2/jobs/",
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
        `incomplete list, and nothing was changed; try again\n.* has ${due - 1} items, but ${due} of 150 were expected\n  request: GET v2/jobs/`,
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
    ["HTML", page(), /^dbt Cloud answered with a page of HTML; check DBTCLOUD_HOST_URL and the proxies in between$/m],
    ["nothing", { text: "" }, /answered with an empty body; check DBTCLOUD_HOST_URL/],
    ["half of an answer", { text: '{"data": [' }, /answered with text that is not JSON; check DBTCLOUD_HOST_URL/],
    [
      "no list",
      { json: { data: null, status: {} } },
      /answered in an unexpected format, and the answer was not used; .*\n {2}detail: data: /,
    ],
    ["no count", { json: { data: [] } }, /answered in an unexpected format, .*\n {2}detail: extra: /],
    [
      "an item of another shape",
      { json: { data: [{ id: "1" }], extra: { pagination: { count: 1, total_count: 1 } } } },
      /answered in an unexpected format, .*\n {2}detail: 0\.id: /,
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
      message:
        "dbt Cloud did not do the request (503); try again in a moment\n  detail: Down for maintenance\n  request: GET v2/jobs/1/",
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
    expect(message).toMatch(
      /^\S+ did not answer; check DBTCLOUD_HOST_URL and the network\n {2}detail: .*ECONNREFUSED.*\n {2}request: GET v2\/jobs\/1\/$/,
    );
    expect(message.startsWith(url)).toBe(true);
  });

  it("has a message when an answer takes too long", async () => {
    const limits: number[] = [];
    const within: Clock["within"] = (milliseconds, act) => {
      limits.push(milliseconds);
      return act(AbortSignal.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")));
    };
    const client = await clientOf(() => single({ id: 1 }), { clock: testClock({ within }) });
    const { failure, message } = await failureOf(client.get("v2/jobs/1/", item));
    expect(failure).toBe("lost");
    expect(message).toMatch(
      /^\S+ did not answer; check DBTCLOUD_HOST_URL and the network\n {2}detail: .+\n {2}request: GET v2\/jobs\/1\/$/,
    );
    expect(message.startsWith(server!.url)).toBe(true);
    expect(limits).toEqual(Array.from({ length: 5 }, () => 30_000));
  });
});

describe("a refusal", () => {
  const refusal = (status: number, words: string, data: unknown = {}): Reply => ({
    status,
    json: { status: { code: status, user_message: words }, data },
  });

  it.each<[Reply, string, string]>([
    [
      refusal(401, "Invalid token."),
      "refused",
      "dbt Cloud does not accept the token (401); check DBTCLOUD_TOKEN\n  detail: Invalid token",
    ],
    [
      refusal(403, "Forbidden."),
      "refused",
      "dbt Cloud does not allow the request with this token (403); DBTCLOUD_TOKEN must be a token of the account " +
        "DBTCLOUD_ACCOUNT_ID with the permission to edit jobs of this project\n  detail: Forbidden",
    ],
    [
      refusal(404, "No job 1"),
      "missing",
      "dbt Cloud does not have the object (404); check the ids of the account, the project and the environment\n" +
        "  detail: No job 1",
    ],
    [
      refusal(400, "Invalid", { schedule: { time: { interval: ["required key not provided"] } } }),
      "refused",
      "dbt Cloud refused the request (400); change what its answer names\n" +
        '  detail: Invalid {"schedule":{"time":{"interval":["required key not provided"]}}}',
    ],
    [
      { status: 405, json: { detail: 'Method "GET" not allowed.' } },
      "refused",
      'dbt Cloud refused the request (405); change what its answer names\n  detail: Method "GET" not allowed',
    ],
    [
      page(HTML, 403),
      "refused",
      "dbt Cloud does not allow the request with this token (403); check DBTCLOUD_HOST_URL and the proxies in between\n" +
        "  detail: the answer is a page of HTML, not one of the Admin API",
    ],
    [
      { status: 418, text: "tea" },
      "refused",
      "dbt Cloud refused the request (418); look at the request with --verbose",
    ],
    [
      refusal(422, "x".repeat(400)),
      "refused",
      `dbt Cloud refused the request (422); change what its answer names\n  detail: ${"x".repeat(300)}…`,
    ],
  ])("is final: %j", async (reply, kind, words) => {
    const client = await clientOf(() => reply);
    const { failure, message } = await failureOf(client.get("v2/jobs/1/", item));
    expect([failure, message]).toEqual([kind, `${words}\n  request: GET v2/jobs/1/`]);
    expect(server!.asked).toHaveLength(1);
  });

  it("also comes from a redirect, so that the token is not sent elsewhere", async () => {
    const client = await clientOf(() => ({ status: 302, headers: { location: "/sign-in" } }));
    expect((await failureOf(client.get("v2/jobs/1/", item))).message).toMatch(
      /^\S+ redirects to another address \(302\); check DBTCLOUD_HOST_URL\n/,
    );
    expect(new Set(server!.lines())).toEqual(new Set(["GET /api/v2/accounts/7/jobs/1/"]));
  });
});

describe("a file", () => {
  it("is read unchanged", async () => {
    const client = await clientOf(() => ({ text: '{"results": []}' }));
    expect(await client.file("v2/runs/1/artifacts/a.json", { step: 2 })).toBe('{"results": []}');
  });

  it("can be missing, but a refusal is an error", async () => {
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

  it.each(lost)("is searched for before it is sent again: %s", async (_, reply) => {
    const client = await clientOf(inTurn(reply, single({ id: 1 })));
    const recover = jest.fn(() => Promise.resolve({ id: 9 }));
    expect(await client.post("v2/jobs/", {}, item, recover)).toEqual({ id: 9 });
    expect(recover).toHaveBeenCalledTimes(1);
    expect(server!.asked).toHaveLength(1);
  });

  it.each(lost)("is sent again when it changed nothing: %s", async (_, reply) => {
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
    const recover = (): Promise<undefined> =>
      Promise.reject(new DbtCloudError("refused", { problem: "no", fix: "f", request: "GET x" }));
    expect((await failureOf(client.post("v2/jobs/", {}, item, recover))).message).toBe("no; f\n  request: GET x");
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
      "dbt Cloud answered with a page of HTML; check DBTCLOUD_HOST_URL and the proxies in between\n  request: DELETE v2/jobs/1/",
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
      "DBTCLOUD_READONLY blocks every write; unset it to write\n  request: POST v2/jobs/ was not sent",
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
      message: "the program was asked to stop; start it again to continue\n  request: GET v2/jobs/1/ was not sent",
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
    ["writes", 12, (client: DbtCloudClient) => client.post("v2/jobs/", {}, item)],
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
