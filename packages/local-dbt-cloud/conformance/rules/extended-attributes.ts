import type { Answer, Cloud } from "../cloud";
import { contains, equal, integer, one, refused, text } from "../expectations";
import { newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

/** The text that is sent and the text that is answered. The Terraform provider compares the bytes. */
const BYTES = [
  ["compact", "compact as they were", '{"a":1,"b":[true,null]}', '{"a":1,"b":[true,null]}'],
  [
    "blanks",
    "without spaces between values, and with the spaces in texts",
    '{ "b" : "x y" ,\n "a" : { } }',
    '{"b":"x y","a":{}}',
  ],
  ["order", "with keys in their order, numbers as well", '{"10":1,"9":2,"a":3,"1":4}', '{"10":1,"9":2,"a":3,"1":4}'],
  [
    "numbers",
    "with numbers as they are written",
    '{"a":1.0,"b":12345678901234567890,"c":1e3}',
    '{"a":1.0,"b":12345678901234567890,"c":1e3}',
  ],
  [
    "escapes",
    "with <, > and & escaped as Go does",
    '{"a":"<b>&\u2028","<":1}',
    '{"a":"\\u003cb\\u003e\\u0026\\u2028","\\u003c":1}',
  ],
  [
    "quotes",
    "with quotation marks and dollar signs in texts",
    '{"a":"\\" } \\\\","b":"$1 $`"}',
    '{"a":"\\" } \\\\","b":"$1 $`"}',
  ],
  ["own-name", "with their own name inside", '{"extended_attributes":null}', '{"extended_attributes":null}'],
] as const;

const REFUSED = [
  ["no JSON", "{"],
  ["no object", "[1]"],
  ["nothing", "{}"],
  ["attributes that are a list", '{"extended_attributes": [1]}'],
  ["attributes that are null", '{"extended_attributes": null}'],
  ["more than 4096 bytes", `{"extended_attributes": {"a":"${"ä".repeat(2046)}"}}`],
] as const;

async function created(cloud: Cloud, { path, id }: OwnProject, attributes: string): Promise<Answer> {
  const body = `{"state": 1, "account_id": ${cloud.accountId}, "project_id": ${id}, "extended_attributes": ${attributes}}`;
  return cloud.post(`${path}/extended-attributes/`, body);
}

export const extendedAttributes = group("extended-attributes", [
  rule("keys", "attributes have ids, state and times", async (cloud) => {
    const project = await newProject(cloud);
    const expected = {
      id: integer,
      account_id: cloud.accountId,
      project_id: project.id,
      state: 1,
      created_at: text,
      updated_at: text,
    };
    contains(one(await created(cloud, project, '{"a":1}')), { ...expected, extended_attributes: { a: 1 } });
  }),
  ...BYTES.map(([id, words, sent, answered]) =>
    rule(id, `attributes are answered byte by byte ${words}`, async (cloud) => {
      const project = await newProject(cloud);
      const made = await created(cloud, project, sent);
      const path = `${project.path}/extended-attributes/${one(made).id}/`;
      const changed = await cloud.send("PATCH", path, { body: `{"extended_attributes": ${sent}}` });
      for (const { text: body, method } of [made, await cloud.get(path), changed]) {
        equal(
          body.includes(`"extended_attributes":${answered}`),
          true,
          `whether the answer to ${method} has the bytes`,
        );
      }
    }),
  ),
  rule("keeps", "an update without the attributes keeps them", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = one(await created(cloud, project, '{"a":1}'));
    const answer = await cloud.send("PATCH", `${project.path}/extended-attributes/${id}/`, { body: { state: 1 } });
    contains(one(answer), { extended_attributes: { a: 1 } });
  }),
  rule("4096-bytes", "attributes may be 4096 bytes long", async (cloud) => {
    one(await created(cloud, await newProject(cloud), `{"a":"${"ä".repeat(2044)}"}`));
  }),
  ...REFUSED.map(([words, body], i) =>
    rule(`refused-${i + 1}`, `attributes are refused with 400 for ${words}`, async (cloud) => {
      const { path } = await newProject(cloud);
      refused(await cloud.post(`${path}/extended-attributes/`, body), 400);
    }),
  ),
]);
