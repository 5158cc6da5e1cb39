import { systemClock } from "../../../src/dbt-cloud/clock";

const HOUR = 3_600_000;

describe("a pause", () => {
  it("ends when its time is over", async () => {
    const start = performance.now();
    await systemClock.pause(20);
    expect(performance.now() - start).toBeGreaterThan(15);
  });

  it("ends at once when the program stops, or has stopped", async () => {
    const stop = new AbortController();
    const pause = systemClock.pause(HOUR, stop.signal);
    stop.abort();
    await pause;
    await systemClock.pause(HOUR, stop.signal);
  });
});

describe("a time limit", () => {
  it("aborts its signal", async () => {
    const aborted = systemClock.within(1, async (signal) => {
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      return (signal.reason as Error).name;
    });
    expect(await aborted).toBe("TimeoutError");
  });

  it("returns the result, and throws the error, of the function", async () => {
    expect(await systemClock.within(HOUR, () => Promise.resolve(7))).toBe(7);
    await expect(systemClock.within(HOUR, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});
