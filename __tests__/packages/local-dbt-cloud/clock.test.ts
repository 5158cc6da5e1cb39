import fc from "fast-check";
import { systemClock, VirtualClock } from "../../../packages/local-dbt-cloud/clock";

const START = new Date("2026-01-01T00:00:00Z");

function later(milliseconds: number): Date {
  return new Date(START.getTime() + milliseconds);
}

describe("a virtual clock", () => {
  it("that is stopped moves only when it is told to", async () => {
    const clock = new VirtualClock(START, 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.now()).toEqual(START);
    await clock.moveTo(later(1000));
    expect(clock.now()).toEqual(later(1000));
  });

  it("lets each action happen exactly at its time, and in the order of its registration", async () => {
    const clock = new VirtualClock(START, 0);
    const seen: [string, number][] = [];
    const action = (name: string): (() => void) => {
      return () => void seen.push([name, clock.now().getTime() - START.getTime()]);
    };
    clock.at(later(20), action("second"));
    clock.at(later(20), action("third"));
    clock.at(later(10), action("first"));
    clock.at(later(15), action("prevented"))();
    clock.at(later(31), action("too late"));
    await clock.moveTo(later(30));
    expect(seen).toEqual([
      ["first", 10],
      ["second", 20],
      ["third", 20],
    ]);
  });

  it("waits for the promises that follow from an action, before the next action", async () => {
    const clock = new VirtualClock(START, 0);
    const seen: string[] = [];
    clock.at(later(10), () => {
      void (async () => {
        for (let i = 0; i < 20; i++) await Promise.resolve();
        seen.push(`after promises at ${clock.now().getTime() - START.getTime()}`);
        clock.at(later(11), () => void seen.push("planned by an action"));
      })();
    });
    clock.at(later(12), () => void seen.push("later"));
    await clock.moveTo(later(20));
    expect(seen).toEqual(["after promises at 10", "planned by an action", "later"]);
  });

  it("runs at its speed, and reaches every action", async () => {
    const clock = new VirtualClock(START, 1_000_000);
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      clock.at(later(3_600_000), () => void times.push(clock.now().getTime()));
      clock.at(later(7_200_000), () => {
        times.push(clock.now().getTime());
        resolve();
      });
    });
    expect(times).toEqual([later(3_600_000).getTime(), later(7_200_000).getTime()]);
    clock.stop();
  });

  it("does not show a time after an action that has not happened", () => {
    const clock = new VirtualClock(START, 0);
    clock.at(later(10), () => undefined);
    clock.setSpeed(1_000_000_000);
    const end = performance.now() + 3;
    while (performance.now() < end);
    expect(clock.now()).toEqual(later(10));
    clock.stop();
  });

  it("takes a new speed, and keeps its time", () => {
    const clock = new VirtualClock(START, 0);
    clock.setSpeed(1000);
    expect(clock.state().speed).toBe(1000);
    expect(clock.now().getTime() - START.getTime()).toBeLessThan(60_000);
    clock.stop();
  });

  it("never goes backwards", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000)), async (moves) => {
        const clock = new VirtualClock(START, 0);
        let reached = 0;
        for (const move of moves) {
          await clock.moveTo(later(move));
          reached = Math.max(reached, move);
          expect(clock.now()).toEqual(later(reached));
        }
      }),
    );
  });
});

it("the machine's clock waits longer than one timer of Node.js can, and can be prevented", () => {
  jest.useFakeTimers({ now: START });
  let fired = 0;
  const month = 31 * 86_400_000;
  systemClock.at(later(month), () => {
    fired++;
  });
  systemClock.at(later(month), () => {
    fired += 10;
  })();
  jest.advanceTimersByTime(month - 1);
  expect(fired).toBe(0);
  jest.advanceTimersByTime(1);
  expect(fired).toBe(1);
  jest.useRealTimers();
});
