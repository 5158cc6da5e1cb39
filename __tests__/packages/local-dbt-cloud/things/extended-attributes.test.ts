import fc from "fast-check";
import { compactMember } from "../../../../packages/local-dbt-cloud/things/extended-attributes/compact-json";
import { localDbtCloud, V3, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const ATTRIBUTES = `${V3}/projects/102/extended-attributes/`;

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

const body = (attributes: string): string =>
  `{"state": 1, "account_id": 12345, "project_id": 102, "extended_attributes": ${attributes}}`;

describe("extended attributes", () => {
  it.each([
    ["compact", '{"a":1,"b":[true,null]}', '{"a":1,"b":[true,null]}'],
    ["with blanks", '{ "b" : "x y" ,\n "a" : { } }', '{"b":"x y","a":{}}'],
    ["with numbers for keys, in their order", '{"10":1,"9":2,"a":3,"1":4}', '{"10":1,"9":2,"a":3,"1":4}'],
    [
      "with numbers as they are written",
      '{"a":1.0,"b":12345678901234567890,"c":1e3}',
      '{"a":1.0,"b":12345678901234567890,"c":1e3}',
    ],
    ["with what Go escapes", '{"a":"<b>&\u2028","<":1}', '{"a":"\\u003cb\\u003e\\u0026\\u2028","\\u003c":1}'],
    ["with quotation marks", '{"a":"\\" } \\\\","b":"$1 $`"}', '{"a":"\\" } \\\\","b":"$1 $`"}'],
    ["with its own name inside", '{"extended_attributes":null}', '{"extended_attributes":null}'],
  ])("%s are answered byte by byte", async (_, sent, answered) => {
    const made = await cloud.send("POST", ATTRIBUTES, body(sent));
    expect(made).toMatchObject({
      code: 201,
      body: { status: { code: 201 }, data: { id: 1, state: 1, project_id: 102 } },
    });
    const read = await cloud.send("GET", `${ATTRIBUTES}1/`);
    const changed = await cloud.send("PATCH", `${ATTRIBUTES}1/`, body(sent));
    for (const { text } of [made, read, changed]) expect(text).toContain(`"extended_attributes":${answered}}`);
  });

  it("have times and ids, and stay when a change leaves them out", async () => {
    await cloud.send("POST", ATTRIBUTES, body('{"a":1}'));
    expect((await cloud.send("PATCH", `${ATTRIBUTES}1/`, { state: 1 })).body.data).toEqual({
      id: 1,
      account_id: 12345,
      project_id: 102,
      state: 1,
      extended_attributes: { a: 1 },
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("are gone after DELETE", async () => {
    await cloud.send("POST", ATTRIBUTES, body("{}"));
    expect(await cloud.send("DELETE", `${ATTRIBUTES}1/`)).toMatchObject({ code: 204, text: "" });
    for (const method of ["GET", "DELETE"] as const) {
      expect(await cloud.send(method, `${ATTRIBUTES}1/`)).toMatchObject({ code: 404, body: { status: { code: 404 } } });
    }
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[1]"],
    ["nothing", "{}"],
    ["attributes that are no object", body("[1]")],
    ["attributes that are null", body("null")],
    ["more than 4096 bytes", body(`{"a":"${"ä".repeat(2046)}"}`)],
  ])("are refused with %s", async (_, sent) => {
    expect(await cloud.send("POST", ATTRIBUTES, sent)).toMatchObject({ code: 400, body: { status: { code: 400 } } });
  });

  it("may be 4096 bytes long", async () => {
    expect(await cloud.send("POST", ATTRIBUTES, body(`{"a":"${"ä".repeat(2044)}"}`))).toMatchObject({ code: 201 });
  });
});

describe("compactMember", () => {
  it("is what JSON.stringify says, wherever the key stands and however it is laid out", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.constantFrom(0, 2, "\t"),
        (a, wanted, z, indent) => {
          const json = JSON.stringify({ a, wanted, z: { wanted: z } }, null, indent);
          const expected = JSON.stringify(wanted);
          expect(JSON.parse(compactMember(json, "wanted")!)).toEqual(JSON.parse(expected));
          if (!/[<>&\u2028\u2029]/.test(expected)) expect(compactMember(json, "wanted")).toBe(expected);
        },
      ),
    );
  });

  it("is nothing for a key that is not there, and the last value for one that is there twice", () => {
    expect(compactMember('{"a":{"b":1}}', "b")).toBeUndefined();
    expect(compactMember("{}", "b")).toBeUndefined();
    expect(compactMember('{"\\u0062":1,"a":2,"b":[3]}', "b")).toBe("[3]");
  });
});
