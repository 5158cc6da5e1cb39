import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { buildApp } from "../../../../packages/local-dbt-cloud/app";
import { projectsOf } from "../../../../packages/local-dbt-cloud/resources/projects/projects";
import { localDbtCloud, TOKEN, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
let app: ReturnType<typeof buildApp>;
let url: string;
beforeEach(async () => {
  cloud = localDbtCloud();
  app = buildApp({ world: cloud.world, token: TOKEN, faults: true });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  await app.close();
  await cloud.close();
});

const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json" };

async function order(...faults: object[]): Promise<void> {
  const { statusCode, body } = await app.inject({ method: "PUT", url: "/local/faults", headers, payload: faults });
  expect([statusCode, body]).toEqual([200, expect.any(String)]);
}

interface Outcome {
  code?: number;
  text?: string;
  retryAfter?: string;
  dropped?: boolean;
}

/** A request over a real connection, because a connection that is closed cannot be seen otherwise. */
async function ask(method: string, path: string, body?: object): Promise<Outcome> {
  const sent = request(`${url}${path}`, { method, headers, agent: false });
  sent.end(body && JSON.stringify(body));
  try {
    const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      code: response.statusCode,
      text: Buffer.concat(chunks).toString(),
      retryAfter: response.headers["retry-after"],
    };
  } catch {
    return { dropped: true };
  }
}

const PROJECTS = `${V3}/projects/`;
const count = (): number => projectsOf(cloud.world).all().length;

describe("faults on demand", () => {
  it("are off unless the server starts with them", async () => {
    const { code } = await cloud.send("PUT", "/local/faults", []);
    expect(code).toBe(404);
  });

  it.each([{ kind: "flood" }, { kind: "status", path: "(" }, { kind: "status", code: 99 }, { kind: "drop" }])(
    "refuse an invalid fault: %j",
    async (fault) => {
      const refused = await app.inject({ method: "PUT", url: "/local/faults", headers, payload: [fault] });
      expect(refused.statusCode).toBe(400);
    },
  );

  it("have documented examples that work", async () => {
    const page = readFileSync(join(__dirname, "../../../../docs/local-dbt-cloud.md"), "utf8");
    const examples = [...page.matchAll(/\{"kind".*?\}/g)].map(([text]) => JSON.parse(text) as { kind: string });
    expect(new Set(examples.map(({ kind }) => kind)).size).toBe(6);
    await order(...examples);
  });

  it("answer 429 with Retry-After, for the ordered number of times, after the ordered number of requests", async () => {
    await order({ kind: "status", code: 429, retry_after: 2, skip: 1, times: 2 });
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push(await ask("GET", PROJECTS));
    expect(codes.map(({ code, retryAfter }) => [code, retryAfter])).toEqual([
      [200, undefined],
      [429, "2"],
      [429, "2"],
      [200, undefined],
    ]);
  });

  it("answer HTML", async () => {
    await order({ kind: "html", code: 502 });
    expect(await ask("GET", PROJECTS)).toMatchObject({ code: 502, text: expect.stringContaining("<html>") as string });
  });

  it("hit one method and path only", async () => {
    await order({ kind: "status", code: 500, method: "post", path: "/projects/" });
    expect((await ask("GET", PROJECTS)).code).toBe(200);
    expect((await ask("POST", PROJECTS, { name: "x" })).code).toBe(500);
    expect((await ask("GET", `${V3}/connections/`)).code).toBe(200);
  });

  it("hit the n-th request that a method and a pattern of path and query match", async () => {
    await order({ kind: "status", code: 500, method: "GET", path: "/projects/\\?.*name", skip: 1, times: 1 });
    const paths = ["?order_by=name", "", "?order_by=name", "?order_by=name"];
    const codes = [];
    for (const query of paths) codes.push((await ask("GET", `${PROJECTS}${query}`)).code);
    expect(codes).toEqual([200, 200, 500, 200]);
  });

  it.each([
    ["an error", { kind: "status", code: 500 }, 500, '"user_message":"A fault that was ordered"'],
    ["too many requests", { kind: "status", code: 429, retry_after: 1 }, 429, '"code":429'],
    ["a page of a proxy", { kind: "html", code: 200 }, 200, "<html>"],
  ])("answer with %s after the write", async (_, fault, code, text) => {
    const before = count();
    await order({ ...fault, method: "POST", after: true });
    const outcome = await ask("POST", PROJECTS, { name: "kept" });
    expect(outcome).toMatchObject({ code, text: expect.stringContaining(text) as string });
    expect(outcome.retryAfter).toBe(code === 429 ? "1" : undefined);
    expect(count()).toBe(before + 1);
  });

  it("answer with an error after a deletion, whose answer has no body", async () => {
    await order({ kind: "status", code: 502, method: "DELETE", after: true });
    expect(await ask("DELETE", `${PROJECTS}102/`)).toMatchObject({
      code: 502,
      text: expect.stringContaining('"code":502') as string,
    });
    expect((await ask("GET", `${PROJECTS}102/`)).code).toBe(404);
  });

  it("close the connection before the write", async () => {
    const before = count();
    await order({ kind: "drop_before", method: "POST" });
    expect(await ask("POST", PROJECTS, { name: "lost" })).toEqual({ dropped: true });
    expect(count()).toBe(before);
  });

  it("close the connection after the write", async () => {
    const before = count();
    await order({ kind: "drop_after", method: "POST" });
    expect(await ask("POST", PROJECTS, { name: "kept" })).toEqual({ dropped: true });
    expect(count()).toBe(before + 1);
  });

  it("send a page that is shorter than its count", async () => {
    await order({ kind: "short_page" });
    const { text } = await ask("GET", PROJECTS);
    const page = JSON.parse(text!) as { data: unknown[]; extra: { pagination: { count: number } } };
    expect(page.extra.pagination.count - page.data.length).toBe(1);
  });

  it("delay an answer", async () => {
    await order({ kind: "latency", milliseconds: 30 });
    const start = performance.now();
    expect((await ask("GET", PROJECTS)).code).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
  });
});
