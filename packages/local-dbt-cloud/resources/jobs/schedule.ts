import { Cron } from "croner";
import { z } from "zod";
import { invalid } from "../../http/refused";

const hour = z.int().min(0).max(23);
const weekday = z.int().min(0).max(6);

/** The days of a week, which begins with Sunday, as 1 January 2023 was. */
const WEEK = [0, 1, 2, 3, 4, 5, 6];

/** The schedule in a job's body. Clients send an outdated `cron` next to `date` and `time`, so it is computed. */
export const scheduleBody = z.object({
  date: z
    .object({
      type: z.enum(["every_day", "days_of_week", "custom_cron", "interval_cron"]),
      days: z.array(weekday).nullish(),
      cron: z.string().nullish(),
    })
    .default({ type: "every_day" }),
  time: z
    .object({
      type: z.enum(["every_hour", "at_exact_hours"]),
      interval: z.int().min(1).max(23).nullish(),
      hours: z.array(hour).nullish(),
    })
    .default({ type: "every_hour", interval: 1 }),
});

type ScheduleBody = z.output<typeof scheduleBody>;

/** A schedule as it is stored and answered. Unused keys are absent, and `cron` has the same schedule in one line. */
export interface Schedule {
  readonly cron: string;
  readonly date: { readonly type: string; readonly days?: readonly number[]; readonly cron?: string };
  readonly time: { readonly type: string; readonly interval?: number; readonly hours?: readonly number[] };
}

/**
 * The schedule that dbt Cloud makes of a body.
 *
 * @throws Refused with 400 for combinations that dbt Cloud refuses, and for an invalid cron expression
 */
export function scheduleOf({ date, time }: ScheduleBody): Schedule {
  refuseTime(time);
  const answered = {
    type: time.type,
    ...(time.type === "every_hour" ? { interval: time.interval! } : { hours: time.hours! }),
  };
  switch (date.type) {
    case "every_day":
      return { cron: cron(time, "*"), date: { type: date.type }, time: answered };
    case "days_of_week": {
      if (!date.days?.length) throw invalid("schedule.date.days", "is required with days_of_week");
      return { cron: cron(time, date.days.join(",")), date: { type: date.type, days: date.days }, time: answered };
    }
    default: {
      const expression = (date.cron ?? "").trim();
      refuseCron(expression);
      const days = date.type === "interval_cron" ? daysOf(expression) : undefined;
      return {
        cron: expression,
        date: { type: date.type, ...(days && { days }), cron: expression },
        time: answered,
      };
    }
  }
}

/** The next time at which a schedule fires, later than `after`. */
export function nextRun(schedule: Schedule, after: Date): Date | null {
  const { cron, latest } = expressionOf(schedule.cron);
  if (latest && latest.after <= after && (latest.next === null || after < latest.next)) return latest.next;
  const next = cron.nextRun(after);
  expressions.set(schedule.cron, { cron, latest: { after, next } });
  return next;
}

function refuseTime(time: ScheduleBody["time"]): void {
  if (time.type === "every_hour") {
    if (time.interval == null) throw invalid("schedule.time.interval", "required key not provided");
    if (time.hours?.length) throw invalid("schedule.time.hours", "extra keys not allowed");
    return;
  }
  if (time.interval != null) throw invalid("schedule.time.interval", "extra keys not allowed");
  if (!time.hours?.length) throw invalid("schedule.time.hours", "required key not provided");
}

function cron(time: ScheduleBody["time"], days: string): string {
  if (time.type === "at_exact_hours") return `0 ${time.hours!.join(",")} * * ${days}`;
  return `0 ${time.interval === 1 ? "*" : `*/${time.interval}`} * * ${days}`;
}

function refuseCron(expression: string): void {
  try {
    if (expression.split(/\s+/).length !== 5) throw new Error("it needs five fields");
    if (expressionOf(expression).cron.nextRun(new Date(0)) === null) throw new Error("it never fires");
  } catch (error) {
    throw invalid("schedule.date.cron", `${expression} is not a cron expression: ${(error as Error).message}`);
  }
}

/** The days of the fifth field. The Terraform provider sends none with an interval, but expects them in the answer. */
function daysOf(expression: string): number[] | undefined {
  const field = expression.split(/\s+/)[4]!;
  if (field === "*") return undefined;
  return field.split(",").flatMap((part) => {
    const onPart = expressionOf(`0 0 * * ${part}`).cron;
    return WEEK.filter((day) => onPart.match(new Date(Date.UTC(2023, 0, 1 + day))));
  });
}

/** A parsed cron expression, with the latest answer, which is right for each time before the next run. */
interface Expression {
  readonly cron: Cron;
  readonly latest?: { readonly after: Date; readonly next: Date | null };
}

const expressions = new Map<string, Expression>();
const MOST_EXPRESSIONS = 10_000;

/** Parsed expressions are kept: parsing is slow, and every list of jobs needs each job's next run. */
function expressionOf(text: string): Expression {
  const known = expressions.get(text);
  if (known) return known;
  const made = { cron: new Cron(text, { utcOffset: 0, mode: "5-part" }) };
  if (expressions.size >= MOST_EXPRESSIONS) expressions.clear();
  expressions.set(text, made);
  return made;
}
