import { localDbtCloud } from "../../../support/local-dbt-cloud";

it("one request begins in each turn of the event loop, in the order of arrival", async () => {
  const { app, close } = localDbtCloud();
  let turn = 0;
  const begun: { url: string; turn: number }[] = [];
  app.addHook("preHandler", ({ url }, _reply, done) => {
    begun.push({ url, turn });
    done();
  });
  await app.ready();
  let immediate: NodeJS.Immediate;
  const count = (): void => {
    turn++;
    immediate = setImmediate(count);
  };
  count();
  const answers = await Promise.all(["/?q=1", "/?q=2", "/?q=3"].map((url) => app.inject({ url })));
  clearImmediate(immediate!);
  await close();
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(begun.map(({ url }) => url)).toEqual(["/?q=1", "/?q=2", "/?q=3"]);
  expect(new Set(begun.map((request) => request.turn)).size).toBe(3);
});
