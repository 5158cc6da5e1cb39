import { endingOf, hasEnded, RUN_ENDINGS, RUN_STATUS, UNFINISHED } from "../../../src/jobs/run-status";

describe("the state of a run", () => {
  it("has dbt Cloud's number", () => {
    expect(RUN_STATUS).toEqual({ queued: 1, starting: 2, running: 3, success: 10, error: 20, canceled: 30 });
  });

  it.each(Object.entries(RUN_STATUS))("%s (%d) is either unfinished or an ending", (name, number) => {
    const isEnding = RUN_ENDINGS.some((ending) => ending === name);
    expect(hasEnded(number)).toBe(isEnding);
    expect(UNFINISHED.some((status) => status === number)).toBe(!isEnding);
    expect(endingOf(number)).toBe(isEnding ? name : undefined);
  });

  it("has no name for a new number of dbt Cloud", () => {
    expect(endingOf(40)).toBeUndefined();
  });
});
