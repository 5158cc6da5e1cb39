import { z } from "zod";
import { secondsLater, timeOfText, VirtualClock, type Clock } from "./clock";
import { parseBody } from "./http/body";
import { single } from "./http/envelope";
import { invalid, Refused } from "./http/refused";
import type { Routes } from "./world";

const FASTEST = 1_000_000_000;

/** The speed of a virtual clock: virtual seconds for each second of the machine. */
export const clockSpeed = z.number().min(0).max(FASTEST);

/** A change of the clock. Only `speed` can be next to another key. */
const clockBody = z
  .strictObject({
    /** The time to move to. */
    to: z.string().transform(timeOrIssue).optional(),
    /** The seconds to move forward. */
    seconds: z.number().min(0).optional(),
    speed: clockSpeed.optional(),
  })
  .refine(({ to, seconds }) => to === undefined || seconds === undefined, "has both `to` and `seconds`: give one")
  .refine((body) => Object.keys(body).length > 0, "needs `to`, `seconds` or `speed`");

/** The clock of a server that was started with `--clock`. A move answers when everything up to that time has happened. */
export const clockRoutes: Routes = (app, { clock }) => {
  app.get("/local/clock", () => single(virtual(clock).state()));

  app.post("/local/clock", async (request) => {
    const moved = virtual(clock);
    const { to, seconds, speed } = parseBody(clockBody, request.body);
    const now = moved.now();
    if (to !== undefined && to < now)
      throw invalid(
        "to",
        `${to.toISOString()} is before the clock's time ${now.toISOString()}. A clock only moves forward.`,
      );
    if (speed !== undefined) moved.setSpeed(speed);
    if (to !== undefined) await moved.moveTo(to);
    if (seconds !== undefined) await moved.moveTo(secondsLater(now, seconds));
    return single(moved.state());
  });
};

function timeOrIssue(text: string, context: z.RefinementCtx): Date {
  const time = timeOfText(text);
  if (time) return time;
  context.addIssue(`is ${text}, but must be a time with its offset, such as 2026-01-01T00:00Z`);
  return z.NEVER;
}

function virtual(clock: Clock): VirtualClock {
  if (clock instanceof VirtualClock) return clock;
  throw new Refused(409, "This server uses the machine's clock. To move the clock, start the server with --clock.");
}
