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
    ['{"data": {"id": 1}}', "an unexpected format, and the answer was not used; ", "\n  detail: status: "],
    ["[]", "an unexpected format, and the answer was not used; ", "\n  detail: the answer: Invalid input"],
    [wrapped({ id: null }), "an unexpected format, and the answer was not used; ", "\n  detail: id: "],
    [wrapped(null), "an unexpected format, and the answer was not used; ", "\n  detail: the answer: Invalid input"],
    ["\n <!DOCTYPE HTML>", "a page of HTML; ", "\n  request: GET x"],
    ["<?xml version='1.0'?>", "a page of HTML; ", "\n  request: GET x"],
    [" \n", "an empty body; ", "\n  request: GET x"],
    ["OK", "text that is not JSON; ", "\n  request: GET x"],
  ])("of %s is an error", (text, problem, rest) => {
    const message = errorOf(() => dataOf("GET x", text, shape));
    expect(message).toMatch(
      /^dbt Cloud answered .*; check DBTCLOUD_HOST_URL and the proxies in between\n.*request: GET x$/s,
    );
    expect(message).toContain(problem);
    expect(message).toContain(rest);
  });
});

describe("an answer with the status 200 that reports a failure", () => {
  const failed = (more: object): string =>
    JSON.stringify({ status: { is_success: false, user_message: "No seats\nleft" }, data: { id: 1 }, ...more });

  it("is a refusal with dbt Cloud's message, as one object and as a page", () => {
    const message = [
      "dbt Cloud answered with 200, but the answer says that the request failed; change what its answer names",
      '  detail: No seats left {"id":1}',
      "  request: GET x",
    ].join("\n");
    expect(errorOf(() => dataOf("GET x", failed({}), shape))).toBe(message);
    const page = failed({ data: [], extra: { pagination: { count: 0, total_count: 0 } } });
    expect(errorOf(() => pageOf("GET x", page, shape, 0, 100))).toContain(
      "but the answer says that the request failed",
    );
  });
});

describe("an object in an answer", () => {
  const row = { id: 7, name: "prod", project_id: 102, environment_id: 302, job_definition_id: null };

  it("passes when it is the expected object, or when it lacks a field", () => {
    checkAnswer("GET x", row, { id: 7, environment_id: 302, job_definition_id: 5, account_id: 1 });
  });

  it("is refused when a field differs", () => {
    expect(() => {
      checkAnswer("POST x", row, { id: 7, environment_id: 999 });
    }).toThrow(
      [
        "dbt Cloud answered with a different object, and the answer was not used; check DBTCLOUD_HOST_URL and the proxies in " +
          "between, then try again",
        '  detail: environment_id of 7 "prod" is 302, but 999 was expected',
        "  request: POST x",
      ].join("\n"),
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
    expect(errorOf(() => pageOf("GET x", page(count, total, items), shape, 0, 100))).toMatch(
      /^dbt Cloud answered .*\n {2}request: GET x$/s,
    );
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
      "dbt Cloud has received too many requests (429); try again in 600 seconds, as dbt Cloud asks\n  request: GET x",
    );
    expect(of(429, "", { "retry-after": "0" }).message).toContain("(429); try again in a moment\n");
  });

  it("has dbt Cloud's message in one line", () => {
    const text = JSON.stringify({ status: { user_message: "a\n  b" }, data: { name: ["c"] } });
    expect(of(400, text).message).toBe(
      'dbt Cloud refused the request (400); change what its answer names\n  detail: a b {"name":["c"]}\n  request: GET x',
    );
    const wordless = "dbt Cloud refused the request (400); look at the request with --verbose\n  request: GET x";
    expect(of(400, '{"status": {}, "data": "text"}').message).toBe(wordless);
    expect(of(400, "null").message).toBe(wordless);
  });
});
