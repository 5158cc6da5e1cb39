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

describe("a timeout", () => {
  it("aborts its signal", async () => {
    const signal = systemClock.timeout(1);
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
    });
    expect((signal.reason as Error).name).toBe("TimeoutError");
  });
});
