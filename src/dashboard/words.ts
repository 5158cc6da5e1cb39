/** Names with a special spelling. */
const NAMES: Readonly<Record<string, string>> = {
  linkedin_ads: "LinkedIn Ads",
  google_ads: "Google Ads",
  google_analytics: "Google Analytics",
  meta_ads: "Meta Ads",
  microsoft_ads: "Microsoft Ads",
  email: "E-mail",
  mer: "marketing efficiency ratio",
  cac: "customer acquisition cost",
  ltv_cac: "LTV to CAC",
  predicted_ltv: "predicted lifetime value",
  predicted_ltv_cac: "predicted LTV to CAC",
  payback_months: "payback",
  campaign_roi: "campaign ROI",
  email_revenue: "E-mail revenue",
};

/** A name of the warehouse in words: `paid_search` is "Paid search". */
export function inWords(name: string): string {
  const words = NAMES[name] ?? name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The month of a date such as `2025-11-01`: "Nov 2025". */
export function month(date: string | null): string {
  return inEnglish(date, "en-US", { month: "short", year: "numeric" });
}

/** A date such as `2025-12-31`: "31 December 2025". */
export function day(date: string | null): string {
  return inEnglish(date, "en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** A time in UTC: "22 November 2026, 09:08 UTC". */
export function time(timestamp: string | null): string {
  return timestamp === null ? "–" : `${day(timestamp)}, ${timestamp.slice(11, 16)} UTC`;
}

const MS_OF_A_DAY = 86_400_000;

/** Whole days from one day to another, each a date or a time in UTC; negative if `later` is earlier. */
export function daysFrom(earlier: string, later: string): number {
  return Math.floor((Date.parse(later.slice(0, 10)) - Date.parse(earlier.slice(0, 10))) / MS_OF_A_DAY);
}

/** A number of days in words: "1 day", "8 days". */
export function inDays(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

function inEnglish(date: string | null, locale: string, format: Intl.DateTimeFormatOptions): string {
  if (date === null) return "–";
  return new Date(`${date.slice(0, 10)}T00:00:00Z`).toLocaleDateString(locale, { ...format, timeZone: "UTC" });
}
