import fc from "fast-check";
import { once } from "node:events";
import { connect } from "node:net";
import { buildApp } from "../../../../packages/local-dbt-cloud/app";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { addJob } from "../../../support/listening-cloud";
import { localDbtCloud, TOKEN, V2, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
let app: ReturnType<typeof buildApp>;
let port: number;
beforeEach(async () => {
  cloud = localDbtCloud();
  addJob(cloud.world);
  await cloud.send("POST", `${V2}/jobs/1/run/`, { cause: "x" });
  app = buildApp({ world: cloud.world, token: TOKEN, faults: true });
  port = Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
});
afterEach(async () => {
  await app.close();
  await cloud.close();
});

const NEW_JOB = { name: "n", project_id: 102, environment_id: 999, execute_steps: ["dbt build"] };

/** One request of each kind: reads, creates, what starts and cancels dbt, deletes, orders for the server. */
const REQUESTS = [
  { method: "GET", path: "/api/v2/accounts/" },
  { method: "GET", path: `${V2}/jobs/1/` },
  { method: "HEAD", path: `${V2}/jobs/` },
  { method: "GET", path: `${V3}/projects/102/environment-variables/environment/` },
  { method: "POST", path: `${V2}/jobs/`, body: NEW_JOB },
  { method: "POST", path: `${V2}/jobs/1/run/`, body: { cause: "x" } },
  { method: "POST", path: `${V2}/runs/1/cancel/` },
  { method: "DELETE", path: `${V2}/jobs/1/` },
  { method: "PUT", path: "/local/faults", body: [] },
];

/** A request in the bytes that are sent, because clients would tidy its address. */
interface Sent {
  readonly method: string;
  readonly target: string;
  readonly version?: "1.0" | "1.1";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The status of the answer; 0 when the connection was closed without one. */
async function statusOf({ method, target, version = "1.1", headers = {}, body }: Sent): Promise<number> {
  const payload = body === undefined ? "" : JSON.stringify(body);
  const sent = {
    host: `127.0.0.1:${port}`,
    connection: "close",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(payload)),
    ...headers,
  };
  const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  let received = "";
  socket.on("data", (chunk: string) => (received += chunk));
  socket.write(`${method} ${target} HTTP/${version}\r\n${lines.join("")}\r\n${payload}`);
  await once(socket, "close");
  return Number(/^HTTP\/1\.\d (\d+)/.exec(received)?.[1] ?? 0);
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** What a request could change. */
const state = (): string => JSON.stringify([jobsOf(cloud.world).all(), runsOf(cloud.world).all()]);

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, "0");

/** One change of how an address is written, at a place between 0 and 1. */
type Respelling = (address: string, place: number) => string;

const at =
  (change: (character: string) => string): Respelling =>
  (address, place) => {
    const i = Math.floor(place * address.length);
    return address.slice(0, i) + change(address[i]!) + address.slice(i + 1);
  };

/** Puts something behind a slash of the address. */
const behindSlash =
  (inserted: string): Respelling =>
  (address, place) => {
    const slashes = [...address.matchAll(/\//g)].map(({ index }) => index);
    const i = (slashes[Math.floor(place * slashes.length)] ?? 0) + 1;
    return address.slice(0, i) + inserted + address.slice(i);
  };

const RESPELLINGS: Readonly<Record<string, Respelling>> = {
  escape: at((character) => `%${hex(character)}`),
  escapeUpper: at((character) => `%${hex(character).toUpperCase()}`),
  escapeTwice: at((character) => `%25${hex(character)}`),
  overlong: at((character) => (character === "/" ? "%c0%af" : `%c1%${hex(character)}`)),
  otherCase: at((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())),
  backslash: at((character) => (character === "/" ? "\\" : character)),
  slash: behindSlash("/"),
  dot: behindSlash("./"),
  dots: behindSlash("x/../"),
  escapedDots: behindSlash("%2e%2e/api/"),
  semicolon: behindSlash(";x=1/"),
  absolute: (address) => `http://127.0.0.1${address}`,
  foreignHost: (address) => `http://example.com${address}`,
  secure: (address) => `https://127.0.0.1:1${address}`,
  twoSlashes: (address) => `//127.0.0.1${address}`,
  noSlash: (address) => address.slice(1),
  parameter: (address) => `${address};x=1`,
  fragment: (address) => `${address}#x`,
  null: (address) => `${address}%00`,
};

const respelled = fc.record({
  request: fc.constantFrom(...REQUESTS),
  changes: fc.array(
    fc.tuple(fc.constantFrom(...Object.keys(RESPELLINGS)), fc.double({ min: 0, max: 0.999, noNaN: true })),
    { minLength: 1, maxLength: 3 },
  ),
  query: fc.constantFrom("", "?", "?limit=1", "?x=/../"),
  version: fc.constantFrom("1.0" as const, "1.1" as const),
});

const spell = (address: string, changes: readonly (readonly [string, number])[]): string =>
  changes.reduce((text, [name, place]) => RESPELLINGS[name]!(text, place), address);

const WITHOUT_RIGHT: readonly Readonly<Record<string, string>>[] = [
  {},
  { authorization: "Token x" },
  { authorization: "Token" },
  { authorization: `Basic ${TOKEN}` },
  { authorization: TOKEN },
  { authorization: `Token ${TOKEN}x` },
  { "x-authorization": `Token ${TOKEN}` },
];

describe("a request without the token", () => {
  it.each(REQUESTS)("changes nothing and reads nothing: $method $path", async ({ method, path, body }) => {
    const before = state();
    for (const headers of WITHOUT_RIGHT) {
      expect([await statusOf({ method, target: path, body, headers }), headers]).toEqual([401, headers]);
    }
    expect(state()).toBe(before);
  });

  it.each(["/%61pi/v2/accounts/", "/api/v2/%61ccounts/", "http://127.0.0.1/api/v2/accounts/", "//api/v2/accounts/"])(
    "is not let in by spelling the address as %s",
    async (target) => {
      expect(await statusOf({ method: "GET", target })).toBe(404);
    },
  );

  it("is not accepted with any spelling of an address", async () => {
    const before = state();
    await fc.assert(
      fc.asyncProperty(
        respelled,
        fc.constantFrom(...WITHOUT_RIGHT),
        async ({ request: { method, path, body }, changes, query, version }, headers) => {
          const target = spell(path, changes) + query;
          const status = await statusOf({ method, target, version, headers, body });
          return !isSuccess(status) && state() === before;
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe("a request with the token", () => {
  const headers = { authorization: `Token ${TOKEN}` };

  it.each(REQUESTS)("is accepted, also by HTTP/1.0: $method $path", async ({ method, path, body }) => {
    for (const version of ["1.0", "1.1"] as const) {
      const status = await statusOf({ method, target: `${path}?limit=1`, version, headers, body });
      expect([isSuccess(status) || (method === "DELETE" && status === 404), status]).toEqual([true, status]);
    }
  });

  it("has one spelling of each address", async () => {
    await fc.assert(
      fc.asyncProperty(respelled, async ({ request: { method, path, body }, changes, query, version }) => {
        const spelled = spell(path, changes);
        fc.pre(spelled.replace(/\/$/, "") !== path.replace(/\/$/, ""));
        return !isSuccess(await statusOf({ method, target: spelled + query, version, headers, body }));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["%20", "a b"],
    ["%2F", "a/b"],
    ["(1)%27", "a(1)'"],
    ["%28", "a("],
    ["@:", "a@:"],
  ])("may escape what an address cannot hold: %s", async (segment) => {
    // 404 because there is no such file, with words that say so, and not because of the spelling.
    const { code, body } = await cloud.send("GET", `${V2}/runs/1/artifacts/${segment}.json`);
    expect([code, body.status.user_message]).toEqual([404, expect.stringContaining("artifact")]);
  });

  it.each(["abc", "012345", "12345x", "1", "-12345"])("is refused account %s", async (account) => {
    const { code } = await cloud.send("GET", `/api/v2/accounts/${account}/jobs/`);
    expect(code).toBe(403);
  });
});

describe("a request that a page sends", () => {
  const post = (headers: Readonly<Record<string, string>>): Promise<number> =>
    statusOf({
      method: "POST",
      target: `${V2}/jobs/1/run/`,
      body: { cause: "x" },
      headers: { authorization: `Token ${TOKEN}`, ...headers },
    });

  it.each([
    [{ origin: "https://example.com" }],
    [{ origin: "null" }],
    [{ origin: "http://127.0.0.1:1" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    // The name of another site that leads to this machine.
    [{ host: "example.com", origin: "http://example.com", "sec-fetch-site": "same-origin" }],
  ])("of another site changes nothing, even with the token: %j", async (headers) => {
    const before = state();
    expect(await post(headers)).toBe(403);
    expect(state()).toBe(before);
  });

  it("of another site may read with the token, because a browser shows it nothing", async () => {
    const headers = { authorization: `Token ${TOKEN}`, origin: "https://example.com" };
    expect(await statusOf({ method: "GET", target: `${V2}/jobs/`, headers })).toBe(200);
    expect((await app.inject({ url: `${V2}/jobs/`, headers })).headers).not.toHaveProperty(
      "access-control-allow-origin",
    );
  });

  it("of this server is accepted, and so is a request without a page", async () => {
    expect(await post({ origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await post({ "sec-fetch-site": "none" })).toBe(200);
  });
});
