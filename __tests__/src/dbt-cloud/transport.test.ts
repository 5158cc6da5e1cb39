import { z } from "zod";
import type { DbtCloudError } from "../../../src/dbt-cloud/errors";
import { DbtCloudClient, type ClientOptions } from "../../../src/dbt-cloud/client";
import { forwardProxy, type ForwardProxy } from "../../support/forward-proxy";
import { scriptedServer, single, type Reply, type ScriptedServer } from "../../support/scripted-server";
import { testClock, type TestClock } from "../../support/test-clock";

const item = z.object({ id: z.int() });

let server: ScriptedServer;
let proxy: ForwardProxy | undefined;
let reply: Reply;
let clock: TestClock;
beforeEach(async () => {
  reply = single({ id: 1 });
  clock = testClock();
  server = await scriptedServer(() => reply);
});
afterEach(async () => {
  await server.close();
  await proxy?.close();
  proxy = undefined;
});

function clientOf(more: Partial<ClientOptions> = {}): DbtCloudClient {
  return new DbtCloudClient({ host: server.url, accountId: 7, token: "dbtc_0123456789", clock, ...more });
}

async function failureOf(client: DbtCloudClient): Promise<DbtCloudError> {
  return client.get("v2/jobs/1/", item).then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error as DbtCloudError,
  );
}

describe("a proxy", () => {
  it("forwards each request, also a write with a body", async () => {
    proxy = await forwardProxy();
    const client = clientOf({ proxy: { url: proxy.url } });
    expect(await client.get("v2/jobs/1/", item)).toEqual({ id: 1 });
    expect(await client.post("v2/jobs/", { name: "ü" }, item)).toEqual({ id: 1 });
    expect(proxy.lines.length).toBeGreaterThan(0);
    expect(proxy.lines.every((line) => line.includes(new URL(server.url).host))).toBe(true);
    expect(server.lines()).toEqual(["GET /api/v2/accounts/7/jobs/1/", "POST /api/v2/accounts/7/jobs/"]);
    expect(server.asked[1]?.body).toBe('{"name":"ü"}');
  });

  it("gets the user and the password of its URL", async () => {
    proxy = await forwardProxy();
    const client = clientOf({ proxy: { url: proxy.url.replace("//", "//user:p%40ss@") } });
    await client.get("v2/jobs/1/", item);
    expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from("user:p@ss").toString("base64")}`);
  });

  it("is not used for the hosts that are excepted", async () => {
    proxy = await forwardProxy();
    for (const except of ["127.0.0.1", "*", "example.com, 127.0.0.1"]) {
      await clientOf({ proxy: { url: proxy.url, except } }).get("v2/jobs/1/", item);
    }
    expect([proxy.lines, server.asked.length]).toEqual([[], 3]);
  });

  it.each([
    [407, "the proxy asks for a user and a password (407); set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT"],
    [403, "the proxy refused the connection (403); check HTTPS_PROXY, or ask the people who run the proxy"],
  ])("causes one attempt and a message when it answers %d", async (status, reason) => {
    proxy = await forwardProxy(status);
    const { failure, message } = await failureOf(clientOf({ proxy: { url: proxy.url } }));
    expect([failure, message]).toEqual([
      "refused",
      `${reason}\n  detail: the request was for ${server.url}\n  request: GET v2/jobs/1/`,
    ]);
    expect([proxy.lines.length, clock.pauses, server.asked]).toEqual([1, [], []]);
  });

  it("is tried again when it does not answer, and the message names it", async () => {
    proxy = await forwardProxy();
    const { url } = proxy;
    await proxy.close();
    proxy = undefined;
    const { failure, message } = await failureOf(clientOf({ proxy: { url } }));
    expect([failure, clock.pauses.length]).toEqual(["lost", 4]);
    expect(message).toMatch(
      /did not answer; check DBTCLOUD_HOST_URL, the proxy and the network\n {2}detail: .*ECONNREFUSED/,
    );
  });
});

describe("the client reports a fault at once if a second attempt cannot help", () => {
  it("when dbt Cloud redirects, without the query of the target and without a request to it", async () => {
    reply = { status: 302, headers: { location: `${server.url}/sign-in?secret=1` } };
    const { failure, message } = await failureOf(clientOf());
    expect([failure, message]).toEqual([
      "refused",
      [
        `${server.url} redirects to another address (302); check DBTCLOUD_HOST_URL`,
        `  detail: the address is ${server.url}/sign-in, and the token is not sent there`,
        "  request: GET v2/jobs/1/",
      ].join("\n"),
    ]);
    expect([server.lines(), clock.pauses]).toEqual([["GET /api/v2/accounts/7/jobs/1/"], []]);
  });

  it("when a server asks for the credentials of a proxy", async () => {
    reply = { status: 407 };
    expect((await failureOf(clientOf())).message).toContain("the proxy asks for a user and a password (407)");
    expect(server.asked).toHaveLength(1);
  });

  it("when the port is blocked", async () => {
    const { failure, message } = await failureOf(clientOf({ host: "http://127.0.0.1:6000" }));
    expect([failure, message, clock.pauses]).toEqual([
      "refused",
      "the port of http://127.0.0.1:6000 is blocked, because other protocols use it; use another port in " +
        "DBTCLOUD_HOST_URL\n  request: GET v2/jobs/1/",
      [],
    ]);
  });
});
