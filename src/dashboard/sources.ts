/** An optional source of the dbt project that a part of the page needs, or several sources of which one is enough. */
export interface Need {
  readonly label: string;
  readonly anyOf: readonly string[];
}

export const TOUCHPOINTS: Need = { label: "touchpoints", anyOf: ["touchpoints"] };
export const BUDGETS: Need = { label: "budgets", anyOf: ["budgets"] };
export const AD_PLATFORMS: Need = {
  label: "ad_spend, meta_ads, google_ads or linkedin_ads",
  anyOf: ["ad_spend", "meta_ads", "google_ads", "linkedin_ads"],
};
export const EMAIL: Need = { label: "sendgrid or mailchimp", anyOf: ["sendgrid", "mailchimp"] };

/**
 * The reason why the page omits a part, in one sentence.
 *
 * @param needs the sources that the part needs
 * @param on the optional sources that are on
 * @param missing tables that do not exist although their sources are on
 */
export function whyLeftOut(needs: readonly Need[], on: readonly string[], missing: readonly string[]): string {
  const off = needs.filter(({ anyOf }) => !anyOf.some((source) => on.includes(source)));
  const labels = (some: readonly Need[]): string => some.map(({ label }) => label).join(" and ");
  if (off.length > 0) return `Left out, because a source is off: ${labels(off)}.`;
  const absent = missing.length > 0 ? `there is no table ${missing.join(", ")}` : "the warehouse does not have it";
  return `Left out, because ${absent}; it needs a source: ${labels(needs)}.`;
}
