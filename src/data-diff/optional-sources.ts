/** As in dbt/macros/source_enabled.sql; the tables of an optional source begin with its name or are in TABLES_OF_LOADER. */
const OPTIONAL_SOURCES = [
  "touchpoints",
  "ad_spend",
  "meta_ads",
  "google_ads",
  "linkedin_ads",
  "google_analytics",
  "sendgrid",
  "mailchimp",
  "automation",
  "budgets",
  "targets",
  "meta_details",
  "google_details",
  "google_keywords",
  "linkedin_details",
  "consent",
  "clv_model_parameters",
];
/** The tables of the sources that are called as their loader, Airbyte, calls them. */
const TABLES_OF_LOADER: Readonly<Record<string, string>> = {
  meta_details: "ads_insights",
  google_details: "ad_group_ad_legacy",
  google_keywords: "keyword_view",
  linkedin_details: "ad_creative_analytics",
};

/** The value of `DBT_OPTIONAL_SOURCES` for a warehouse with these source tables: the optional sources that have a table. */
export function optionalSourcesWith(tables: readonly string[]): string {
  return OPTIONAL_SOURCES.filter((source) =>
    tables.some((table) => table.startsWith(TABLES_OF_LOADER[source] ?? source)),
  ).join(",");
}
