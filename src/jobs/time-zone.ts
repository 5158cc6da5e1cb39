import { z } from "zod";
import { WEEKDAYS } from "./schedule";

/** The name of a time zone in the IANA time zone database: `Europe/Berlin`. */
export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, "a name of the IANA time zone database, such as Europe/Berlin");

/** A time as the clocks of a time zone show it. */
export interface LocalTime {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly weekday: (typeof WEEKDAYS)[number];
  /** Minutes after midnight: `"05:30"` is 330. */
  readonly minutes: number;
}

/** What the clocks and the calendar of a time zone show at a time. */
export function localTime(time: Date, timezone: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const day = `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
  return {
    day,
    weekday: WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]!,
    minutes: Number(parts["hour"]) * 60 + Number(parts["minute"]),
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** To make a format takes longer than to use it a hundred times. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(timezone, format);
  return format;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
