import { z } from "zod";
import { html, type Html } from "../html/html";
import { rowsOf } from "./rows";
import type { Warehouse } from "./warehouse";
import { day, daysFrom, inDays, inWords } from "./words";

/** The query in dbt/analyses/dashboard. It has no result if all ad platforms and Google Analytics are off. */
export const PLATFORMS = "platforms";

const platformRow = z.object({
  platform: z.string(),
  /** The newest day of the platform's data; null without data. */
  last_day: z.string().nullable(),
  freshness_status: z.enum(["fresh", "late", "stale", "missing"]),
});

type Platform = z.output<typeof platformRow>;

const platformsOf = (warehouse: Warehouse): readonly Platform[] => rowsOf(warehouse, PLATFORMS, platformRow);

/**
 * The age of the newest data of each platform in words, oldest first; undefined if there is no platform.
 *
 * @param today the day on which the ages count, ISO 8601
 */
export function agesOfPlatforms(warehouse: Warehouse, today: string): string | undefined {
  const platforms = platformsOf(warehouse);
  if (platforms.length === 0) return undefined;
  return platforms.map((platform) => `${inWords(platform.platform)} ${ageOf(platform, today)}`).join(", ");
}

/**
 * A warning that names each platform that is late, stale or without data; empty if all are fresh. dbt compares a platform with
 * analysis_date, so that a platform that stopped is named although all data are old.
 *
 * @param today the day on which the ages count, ISO 8601
 */
export function latePlatforms(warehouse: Warehouse, today: string): Html {
  const late = platformsOf(warehouse).filter(({ freshness_status }) => freshness_status !== "fresh");
  if (late.length === 0) return html``;
  const names = late.map((platform) => {
    const name = inWords(platform.platform);
    if (platform.last_day === null) return `${name} has no data at all.`;
    return `The newest data of ${name} are of ${day(platform.last_day)}, ${ageOf(platform, today)} old.`;
  });
  const count = late.length === 1 ? "1 platform is" : `${late.length} platforms are`;
  return html`<p class="banner" role="status">
    <strong>! ${count} behind.</strong> ${names.join(" ")} Costs and sessions after these days are missing from all
    figures.
  </p>`;
}

const ageOf = ({ last_day }: Platform, today: string): string =>
  last_day === null ? "no data" : inDays(Math.max(daysFrom(last_day, today), 0));
