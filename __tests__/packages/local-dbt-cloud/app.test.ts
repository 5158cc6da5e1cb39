import { localDbtCloud, TOKEN, V2, V3, type LocalDbtCloud } from "../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

const LISTS = [
  "/api/v2/accounts/",
  "/api/v3/accounts/",
  `${V2}/projects/`,
  `${V3}/projects/`,
  `${V3}/environments/`,
  `${V3}/projects/102/environments/`,
  `${V2}/jobs/`,
  `${V3}/connections/`,
  `${V2}/encryptions/?connection_id=1&state=1`,
  `${V3}/projects/102/credentials/`,
  `${V3}/projects/102/repositories/`,
  `${V2}/repositories/`,
  `${V2}/notifications/`,
  `${V3}/users/`,
  `${V3}/groups/`,
  `${V3}/license-maps/`,
  `${V3}/service-tokens/?state=1`,
  `${V3}/webhooks/subscriptions`,
  `${V3}/projects/102/profiles/`,
  `${V3}/projects/102/semantic-layer-configurations/`,
];

const SINGLES = [
  `${V2}/`,
  `${V3}/projects/102/`,
  `${V3}/projects/102/environments/999/`,
  `${V3}/projects/102/environment-variables/environment/`,
  `${V3}/projects/102/environment-variables/job/`,
  `/api/private/accounts/12345/features/`,
];

describe("who may ask", () => {
  const get = async (headers: Record<string, string>, url = `${V2}/jobs/`): Promise<unknown> => {
    const response = await cloud.app.inject({ url, headers });
    return { code: response.statusCode, ...response.json<{ status: object }>() };
  };

  it.each(["Token", "Bearer", "token"])("is let in with the scheme %s", async (scheme) => {
    expect(await get({ authorization: `${scheme} ${TOKEN}` })).toMatchObject({ code: 200 });
  });

  it.each([
    ["without a token", {}, "Authentication credentials were not provided."],
    ["with another scheme", { authorization: `Basic ${TOKEN}` }, "Authentication credentials were not provided."],
    ["with a wrong token", { authorization: "Token x" }, "Invalid token."],
    ["with the beginning of the token", { authorization: `Token ${TOKEN.slice(0, -1)}` }, "Invalid token."],
  ])("is refused with 401 %s", async (_, headers, user_message) => {
    expect(await get(headers)).toEqual({
      code: 401,
      status: { code: 401, is_success: false, user_message, developer_message: "" },
      data: null,
      extra: {},
      error_code: null,
    });
  });

  it.each(["/api/v2/accounts/1/jobs/", "/api/v3/accounts/1", "/api/private/accounts/1/features/"])(
    "is refused with 403 at another account: %s",
    async (url) => {
      expect(await get({ authorization: `Token ${TOKEN}` }, url)).toMatchObject({
        code: 403,
        status: { code: 403, is_success: false },
        data: null,
      });
    },
  );

  it("is asked for a token before an address that there is not", async () => {
    expect(await get({}, "/api/v2/nothing/")).toMatchObject({ code: 401 });
  });
});

describe("addresses", () => {
  it.each([...LISTS, ...SINGLES])("%s answers the same with and without a slash at the end", async (path) => {
    const [address, query] = path.split("?") as [string, string?];
    const other = address.endsWith("/") ? address.slice(0, -1) : `${address}/`;
    const answers = [await cloud.send("GET", path), await cloud.send("GET", query ? `${other}?${query}` : other)];
    expect(answers[0]).toMatchObject({ code: 200, body: { status: { code: 200, is_success: true } } });
    expect(answers[1]).toEqual(answers[0]);
  });

  it.each(LISTS)("%s is a page with the true count, its limit and its offset", async (path) => {
    const { body } = await cloud.send("GET", path);
    const { length } = body.data as unknown[];
    expect(body).toMatchObject({
      data: expect.any(Array) as unknown,
      extra: {
        filters: { limit: 100, offset: 0 },
        order_by: "id",
        pagination: { count: length, total_count: length },
      },
    });
  });

  it("that there are not are 404 in the envelope, as the provider wants it", async () => {
    for (const path of ["/api/v2/nothing/", `${V2}/jobs/1/`, `${V2}/jobs/x/`, `${V3}/projects/1/credentials/`]) {
      expect(await cloud.send("GET", path)).toMatchObject({ code: 404, body: { status: { code: 404 }, data: null } });
    }
  });

  it("never answer 400 to a GET, whatever it asks for", async () => {
    const queries = [
      "limit=x&offset=-1&order_by=zzz&state=9",
      "project_id=x&pk=,&pk__in=[x]&include_related=[[&id__gt=",
      "job_definition_id=x",
      "limit=-5",
      "%zz=1",
    ];
    for (const path of [...LISTS, ...SINGLES]) {
      for (const query of queries) {
        const { code } = await cloud.send("GET", `${path}${path.includes("?") ? "&" : "?"}${query}`);
        expect(code).toBe(200);
      }
    }
    for (const path of [`${V2}/jobs/%zz/`, `${V2}/jobs/${"9".repeat(400)}/`, `${V2}/jobs/${"x".repeat(2000)}/`]) {
      const answer = await cloud.send("GET", path);
      expect(answer).toMatchObject({ code: 404, body: { status: { code: 404 } } });
    }
  });
});

describe("bodies", () => {
  it("that are no JSON, or no object, are 400 in the envelope", async () => {
    for (const body of ["{", '"x"', "[1]", '{"__proto__": {}}']) {
      expect(await cloud.send("POST", `${V2}/jobs/`, body)).toMatchObject({
        code: 400,
        body: { status: { code: 400 } },
      });
    }
  });

  it("may be missing although their type is named, as the provider deletes", async () => {
    const { body } = await cloud.send("POST", `${V3}/connections/`, {
      name: "c",
      adapter_version: "redshift_v0",
      config: { hostname: "h" },
    });
    const { id } = body.data as { id: number };
    expect(await cloud.send("DELETE", `${V3}/connections/${id}/`)).toMatchObject({ code: 204, text: "" });
    expect(await cloud.send("POST", `${V2}/jobs/`)).toMatchObject({ code: 400 });
  });

  it("that are too long are refused in the envelope", async () => {
    const answer = await cloud.send("POST", `${V2}/jobs/`, { name: "x".repeat(2 * 1024 * 1024) });
    expect(answer).toMatchObject({ code: 413, body: { status: { code: 413, is_success: false } } });
  });

  it("name the field that is refused", async () => {
    const { body } = await cloud.send("POST", `${V2}/jobs/`, {
      name: "n",
      project_id: 102,
      environment_id: 999,
      execute_steps: ["dbt build"],
      schedule: { time: { type: "every_hour" } },
    });
    expect(body).toMatchObject({
      status: { code: 400, is_success: false, user_message: "schedule.time.interval: required key not provided" },
      data: { schedule: { time: { interval: "required key not provided" } } },
      extra: {},
      error_code: null,
    });
  });
});
