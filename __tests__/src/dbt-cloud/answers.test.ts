import { z } from "zod";
import { checkAnswer, dataOf, pageOf, refusalOf } from "../../../src/dbt-cloud/answers";

const shape = z.object({ id: z.int() });
const NOW = new Date("2026-01-05T04:30:00Z");
const wrapped = (data: unknown): string => JSON.stringify({ status: { is_success: true }, data });

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it did not fail");
}

describe("the data of an answer", () => {
  it("is the content of its envelope", () => {
    expect(dataOf("GET x", wrapped({ id: 1, more: 2 }), shape)).toEqual({ id: 1 });
  });

  it.each([
    ['{"data": {"id": 1}}', "GET x was answered in an unexpected format at status: "],
    ["[]", "GET x was answered in an unexpected format: "],
    [wrapped({ id: null }), "GET x was answered in an unexpected format at id: "],
    [wrapped(null), "GET x was answered in an unexpected format: "],
    ["\n <!DOCTYPE HTML>", "GET x was answered with a page of HTML; "],
    ["<?xml version='1.0'?>", "GET x was answered with a page of HTML; "],
    [" \n", "GET x was answered with an empty body; "],
    ["OK", "GET x was answered with text that is not JSON; "],
  ])("of %s is an error", (text, message) => {
    expect(errorOf(() => dataOf("GET x", text, shape))).toContain(message);
  });
});

describe("an answer with the status 200 that reports a failure", () => {
  const failed = (more: object): string =>
    JSON.stringify({ status: { is_success: false, user_message: "No seats\nleft" }, data: { id: 1 }, ...more });

  it("is a refusal with dbt Cloud's message, as one object and as a page", () => {
    const message = 'GET x was answered with 200, but the answer says that it failed: No seats left {"id":1}';
    expect(errorOf(() => dataOf("GET x", failed({}), shape))).toBe(message);
    const page = failed({ data: [], extra: { pagination: { count: 0, total_count: 0 } } });
    expect(errorOf(() => pageOf("GET x", page, shape, 0, 100))).toContain("but the answer says that it failed");
  });
});

describe("an object in an answer", () => {
  const row = { id: 7, name: "prod", project_id: 102, environment_id: 302, job_definition_id: null };

  it("may be the expected one, or lack a field", () => {
    checkAnswer("GET x", row, { id: 7, environment_id: 302, job_definition_id: 5, account_id: 1 });
  });

  it("is refused when a field differs", () => {
    expect(() => {
      checkAnswer("POST x", row, { id: 7, environment_id: 999 });
    }).toThrow(
      'POST x was answered with a different object: environment_id of 7 "prod" is 302, but 999 was expected; the answer ' +
        "was not used. Check DBTCLOUD_HOST_URL and the proxies in between, then try again",
    );
  });
});

describe("a page", () => {
  const page = (count: number, total: number, items: number): string =>
    JSON.stringify({
      data: Array.from({ length: items }, (_, id) => ({ id })),
      extra: { pagination: { count, total_count: total } },
    });

  it("has the remaining items, up to the limit", () => {
    expect(pageOf("GET x", page(2, 5, 2), shape, 3, 100)).toEqual({ items: [{ id: 0 }, { id: 1 }], total: 5 });
    expect(pageOf("GET x", page(0, 5, 0), shape, 5, 100).items).toEqual([]);
    expect(pageOf("GET x", page(1, 5, 1), shape, 0, 1).items).toHaveLength(1);
  });

  it.each([
    [1, 1, 2],
    [2, 1, 1],
    [0, 1, 0],
    [0, 1, 1],
    [-1, -1, 0],
  ])("with a count of %d of %d and %d items is an error", (count, total, items) => {
    expect(errorOf(() => pageOf("GET x", page(count, total, items), shape, 0, 100))).toMatch(/^GET x was answered /);
  });
});

describe("a refusal", () => {
  const of = (status: number, text = "", headers: Record<string, string> = {}): ReturnType<typeof refusalOf> =>
    refusalOf("GET x", new Response(text, { status, headers }), text, NOW);

  it.each([
    [400, "refused"],
    [401, "refused"],
    [403, "refused"],
    [404, "missing"],
    [405, "refused"],
    [408, "lost"],
    [409, "refused"],
    [429, "busy"],
    [500, "lost"],
    [503, "lost"],
    [599, "lost"],
  ])("with %d is %s", (status, failure) => {
    expect(of(status).failure).toBe(failure);
  });

  it.each([
    [429, "7", 7],
    [503, " 0 ", 0],
    [429, "soon", undefined],
    [429, "Thu, 01 Jan 1970 00:00:00 GMT", 0],
    [503, "Mon, 05 Jan 2026 04:31:00 GMT", 60],
    [400, "7", undefined],
  ])("with %d and Retry-After %p asks to wait %p seconds", (status, header, seconds) => {
    expect(of(status, "", { "retry-after": header }).retryAfterSeconds).toBe(seconds);
  });

  it("has the time that dbt Cloud asks to wait", () => {
    expect(of(429, "", { "retry-after": "600" }).message).toBe(
      "GET x was answered with 429; dbt Cloud asks to wait 600 seconds",
    );
    expect(of(429, "", { "retry-after": "0" }).message).toBe("GET x was answered with 429");
  });

  it("has dbt Cloud's message in one line", () => {
    const text = JSON.stringify({ status: { user_message: "a\n  b" }, data: { name: ["c"] } });
    expect(of(400, text).message).toBe('GET x was answered with 400: a b {"name":["c"]}');
    expect(of(400, '{"status": {}, "data": "text"}').message).toBe("GET x was answered with 400");
    expect(of(400, "null").message).toBe("GET x was answered with 400");
  });
});
