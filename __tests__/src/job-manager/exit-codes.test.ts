import { EXIT } from "../../../src/job-manager/exit-codes";

it("the exit codes are those that CI scripts rely on", () => {
  expect(EXIT).toEqual({ ok: 0, failed: 1, onRequest: 2, usage: 64, configuration: 78 });
});
