import { VirtualClock } from "../../../packages/local-dbt-cloud/clock";
import { timestamp } from "../../../packages/local-dbt-cloud/world";
import { localDbtCloud, TOKEN, type LocalDbtCloud } from "../../support/local-dbt-cloud";

const START = new Date("2026-01-01T00:00:00Z");

let cloud: LocalDbtCloud;
afterEach(() => cloud.close());

describe("the clock's address", () => {
  beforeEach(() => {
    cloud = localDbtCloud(new VirtualClock(START, 0));
  });

  it("shows the time and the speed", async () => {
    expect((await cloud.send("GET", "/local/clock")).body.data).toEqual({ now: "2026-01-01T00:00:00.000Z", speed: 0 });
  });

  it.each([
    [{ to: "2026-02-01T00:00Z" }, "2026-02-01T00:00:00.000Z"],
    [{ to: "2026-01-01T02:00+01:00" }, "2026-01-01T01:00:00.000Z"],
    [{ seconds: 60 }, "2026-01-01T00:01:00.000Z"],
    [{ seconds: 60, speed: 0 }, "2026-01-01T00:01:00.000Z"],
  ])("moves the clock with %j", async (body, now) => {
    expect((await cloud.send("POST", "/local/clock", body)).body.data).toMatchObject({ now });
    const created = await cloud.send("POST", "/api/v3/accounts/12345/projects/", { name: "a project" });
    expect(created.body.data).toMatchObject({ created_at: timestamp(new Date(now)) });
  });

  it.each([
    [{}, "body: needs `to`, `seconds` or `speed`"],
    [{ to: "2026-02-01T00:00Z", seconds: 1 }, "body: has both `to` and `seconds`: give one"],
    [{ to: "2025-12-31T00:00Z" }, "to: 2025-12-31T00:00:00.000Z is before the clock's time 2026-01-01T00:00:00.000Z."],
    [{ to: "tomorrow" }, "to: is tomorrow, but must be a time with its offset"],
    [{ speed: -1 }, "speed: "],
    [{ pace: 1 }, "body: Unrecognized key"],
  ])("refuses %j", async (body, message) => {
    const answer = await cloud.send("POST", "/local/clock", body);
    expect(answer.code).toBe(400);
    expect(answer.body.status.user_message).toContain(message);
  });

  it("needs the token, and refuses requests from other sites", async () => {
    const post = { method: "POST", url: "/local/clock", payload: { speed: 5 } } as const;
    expect((await cloud.app.inject(post)).statusCode).toBe(401);
    expect((await cloud.app.inject({ method: "GET", url: "/local/clock" })).statusCode).toBe(401);
    const headers = { authorization: `Token ${TOKEN}`, origin: "http://example.com" };
    expect((await cloud.app.inject({ ...post, headers })).statusCode).toBe(403);
    expect((await cloud.send("GET", "/local/clock")).body.data).toMatchObject({ speed: 0 });
  });
});

it("a server with the machine's clock refuses to move it, and names the option", async () => {
  cloud = localDbtCloud();
  const answer = await cloud.send("POST", "/local/clock", { seconds: 1 });
  expect(answer.code).toBe(409);
  expect(answer.body.status.user_message).toContain("start the server with --clock");
});
