import { localDbtCloud, TOKEN, V2, type LocalDbtCloud } from "../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

describe("the authentication of a request", () => {
  const get = async (headers: Record<string, string>, url = `${V2}/jobs/`): Promise<unknown> => {
    const response = await cloud.app.inject({ url, headers });
    return { code: response.statusCode, ...response.json<{ status: object }>() };
  };

  it.each(["token", "BEARER"])("is accepted with the scheme %s", async (scheme) => {
    expect(await get({ authorization: `${scheme} ${TOKEN}` })).toMatchObject({ code: 200 });
  });

  it.each([
    ["without a token", {}, "Authentication credentials were not provided."],
    ["with a wrong token", { authorization: "Token x" }, "Invalid token."],
  ])("gets the reason: %s", async (_, headers, user_message) => {
    expect(await get(headers)).toEqual({
      code: 401,
      status: { code: 401, is_success: false, user_message, developer_message: "" },
      data: null,
      extra: {},
      error_code: null,
    });
  });

  it("gets 401 before 404 for an unknown address", async () => {
    expect(await get({}, "/api/v2/nothing/")).toMatchObject({ code: 401 });
  });
});

it("an idle connection stays open for a client that asks every few seconds", async () => {
  const answer = await fetch(await cloud.app.listen({ host: "127.0.0.1", port: 0 }));
  expect(answer.headers.get("keep-alive")).toBe("timeout=72");
});

describe("addresses", () => {
  it("that cannot be read are 404, never 400", async () => {
    for (const path of [`${V2}/jobs/%zz/`, `${V2}/jobs/${"9".repeat(400)}/`, `${V2}/jobs/${"x".repeat(2000)}/`]) {
      const answer = await cloud.send("GET", path);
      expect(answer).toMatchObject({ code: 404, body: { status: { code: 404 } } });
    }
  });

  it("that exist list their methods in the answer to another method", async () => {
    const { statusCode, headers } = await cloud.app.inject({
      method: "PATCH",
      url: `${V2}/jobs/7`,
      headers: { authorization: `Token ${TOKEN}` },
    });
    expect([statusCode, headers.allow]).toEqual([405, "DELETE, GET, HEAD, POST"]);
    expect(await cloud.send("PATCH", `${V2}/jobs/7/nothing/`)).toMatchObject({ code: 404 });
  });
});

describe("bodies", () => {
  it("with prototype keys are refused", async () => {
    expect(await cloud.send("POST", `${V2}/jobs/`, '{"__proto__": {}}')).toMatchObject({ code: 400 });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded"])("of the type %s are refused", async (type) => {
    const headers = { authorization: `Token ${TOKEN}`, "content-type": type };
    const { statusCode } = await cloud.app.inject({ method: "POST", url: `${V2}/jobs/`, headers, payload: "{}" });
    expect(statusCode).toBe(415);
  });

  it("that are too long are refused in the envelope", async () => {
    const answer = await cloud.send("POST", `${V2}/jobs/`, { name: "x".repeat(2 * 1024 * 1024) });
    expect(answer).toMatchObject({ code: 413, body: { status: { code: 413, is_success: false } } });
  });

  it("are refused with a message that names the field", async () => {
    const body = { name: "n", project_id: 102, environment_id: 999, execute_steps: ["dbt build"] };
    const answer = await cloud.send("POST", `${V2}/jobs/`, { ...body, schedule: { time: { type: "every_hour" } } });
    expect(answer.body.status.user_message).toBe("schedule.time.interval: required key not provided");
  });
});
