import fastify from "fastify";
import { takeTurns } from "../../../../packages/local-dbt-cloud/http/turns";

it("one request begins in each turn of the event loop, in the order of arrival", async () => {
  const app = fastify();
  takeTurns(app);
  let turn = 0;
  const begun: { url: string; turn: number }[] = [];
  app.get("/:client", ({ url }) => {
    begun.push({ url, turn });
    return {};
  });
  await app.ready();
  let immediate: NodeJS.Immediate;
  const count = (): void => {
    turn++;
    immediate = setImmediate(count);
  };
  count();
  const answers = await Promise.all(["/1", "/2", "/3"].map((url) => app.inject({ url })));
  clearImmediate(immediate!);
  await app.close();
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(begun.map(({ url }) => url)).toEqual(["/1", "/2", "/3"]);
  expect(new Set(begun.map((request) => request.turn)).size).toBe(3);
});
