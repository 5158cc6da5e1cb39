import { EXIT } from "../../../src/job-manager/exit-codes";

it("the exit codes do not change, because CI scripts rely on them", () => {
  expect(EXIT).toEqual({ ok: 0, failed: 1, onRequest: 2, usage: 64, configuration: 78 });
});
