import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

/** What Fivetran and dlt call the columns that both Google reports of Airbyte have. */
const GOOGLE_OF_FIVETRAN = {
  segments_date: "date",
  segments_ad_network_type: "ad_network_type",
  metrics_impressions: "impressions",
  metrics_clicks: "clicks",
  metrics_cost_micros: "cost_micros",
  metrics_conversions: "conversions",
  metrics_conversions_value: "conversions_value",
  _airbyte_extracted_at: "_fivetran_synced",
  ad_group_name: "",
};
const GOOGLE_OF_DLT = {
  customer_id: "customer__id",
  campaign_id: "campaign__id",
  ad_group_id: "ad_group__id",
  ad_group_name: "ad_group__name",
  segments_date: "segments__date",
  segments_ad_network_type: "segments__ad_network_type",
  metrics_impressions: "metrics__impressions",
  metrics_clicks: "metrics__clicks",
  metrics_cost_micros: "metrics__cost_micros",
  metrics_conversions: "metrics__conversions",
  metrics_conversions_value: "metrics__conversions_value",
  _airbyte_extracted_at: "_dlt_load_id",
};

/** Fivetran and dlt write the actions of Meta into tables. */
const META_WITHOUT_LISTS = { actions: "", action_values: "" };

/** What a loader calls the tables and columns that Airbyte wrote. Columns that it does not have are dropped. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>>>> =
  {
    fivetran: {
      ads_insights: [
        "basic_ad",
        {
          ...META_WITHOUT_LISTS,
          date_start: "date",
          clicks: "inline_link_clicks",
          _airbyte_extracted_at: "_fivetran_synced",
        },
      ],
      ad_group_ad_legacy: [
        "ad_stats",
        { ...GOOGLE_OF_FIVETRAN, ad_group_ad_ad_id: "ad_id", ad_group_ad_ad_name: "", ad_group_ad_ad_final_urls: "" },
      ],
      keyword_view: ["keyword_stats", { ...GOOGLE_OF_FIVETRAN, ad_group_criterion_keyword_text: "" }],
      ad_creative_analytics: [
        "ad_analytics_by_creative",
        {
          sponsoredcreative: "creative_id",
          start_date: "day",
          end_date: "",
          costinusd: "cost_in_usd",
          costinlocalcurrency: "cost_in_local_currency",
          externalwebsiteconversions: "external_website_conversions",
          conversionvalueinlocalcurrency: "conversion_value_in_local_currency",
          _airbyte_extracted_at: "_fivetran_synced",
        },
      ],
      creatives: ["creative_history", { campaign: "campaign_id", lastmodifiedat: "last_modified_at" }],
    },
    dlt: {
      ads_insights: ["facebook_insights", { ...META_WITHOUT_LISTS, _airbyte_extracted_at: "_dlt_load_id" }],
      ad_group_ad_legacy: [
        "ad_group_ad",
        {
          ...GOOGLE_OF_DLT,
          ad_group_ad_ad_id: "ad_group_ad__ad__id",
          ad_group_ad_ad_name: "ad_group_ad__ad__name",
          ad_group_ad_ad_final_urls: "",
        },
      ],
      keyword_view: [
        "keyword_view_of_dlt",
        {
          ...GOOGLE_OF_DLT,
          ad_group_criterion_criterion_id: "ad_group_criterion__criterion_id",
          ad_group_criterion_keyword_text: "ad_group_criterion__keyword__text",
        },
      ],
    },
  };

/** Writes the tables of Airbyte once more, as the loader of `shapes` writes them. */
const RESHAPE = `
import duckdb, json, sys
warehouse = duckdb.connect(sys.argv[1])
warehouse.execute("use dbt_production")
KEY = "md5(concat_ws(' ', campaign_id, ad_id, date_start, _airbyte_extracted_at))"
for entries in ("actions", "action_values"):
    rows = f"select ads_insights.*, unnest(cast({entries} as json[])) as entry from ads_insights"
    entry = "entry ->> 'action_type' as action_type, cast(entry ->> 'value' as double) as value"
    # Fivetran replaces the rows of an ad and day. dlt keeps the rows of both loads.
    newest = "qualify rank() over (partition by ad_id, date_start order by _airbyte_extracted_at desc) = 1"
    warehouse.execute(f"create or replace table basic_ad_{entries} as select ad_id, date_start as date, {entry} from ({rows}) {newest}")
    warehouse.execute(f"create or replace table facebook_insights__{entries} as select {KEY} as _dlt_parent_id, {entry} from ({rows})")
for table, (name, columns) in json.loads(sys.argv[2]).items():
    kept = [row[0] for row in warehouse.execute(f"describe {table}").fetchall() if columns.get(row[0], row[0])]
    more = {"ad_stats": ", null::varchar as device", "keyword_stats": ", null::varchar as device", "facebook_insights": f", {KEY} as _dlt_id"}.get(name, "")
    names = ", ".join(f"{column} as {columns.get(column, column)}" for column in kept)
    warehouse.execute(f"create table {name} as select {names}{more} from {table}")
if "creative_history" in sys.argv[2]:
    warehouse.execute("alter table creative_history add column click_uri varchar")
    warehouse.execute("update creative_history set id = split_part(id, ':', 4), campaign_id = split_part(campaign_id, ':', 4)")
if "keyword_view_of_dlt" in sys.argv[2]:
    warehouse.execute("drop table keyword_view; alter table keyword_view_of_dlt rename to keyword_view")
`;

/** The figures of all details, and the number of Google's days since October that the ads leave unattributed. */
const FIGURES = `
import duckdb, json, sys
warehouse = duckdb.connect(sys.argv[1], read_only=True)
columns = "date_day::varchar, platform, campaign_id, detail_level, ad_group_id, ad_id, keyword_id, impressions, clicks"
columns += ", spend::varchar, conversions::varchar, conversions_value::varchar"
rows = warehouse.execute(f"select {columns} from marketing.ad_detail_performance order by all").fetchall()
(left,) = warehouse.execute("""
    select count(*) from marketing.ad_detail_performance
    where is_unattributed and platform = 'google_ads' and detail_level = 'ad' and date_day >= '2025-10-01'
""").fetchone()
print(json.dumps([rows, left]))
`;

describe("the details of ads", () => {
  const details = ["meta_details", "google_details", "google_keywords", "linkedin_details"];
  const varsOf = (loader: string): readonly string[] => {
    const vars = { ad_detail_loader: loader, optional_sources: ["meta_ads", "google_ads", "linkedin_ads", ...details] };
    return ["--vars", JSON.stringify(vars)];
  };
  const figures = (loader: string): [unknown[][], number] => {
    const select = ["--select", "+ad_detail_performance", "--exclude-resource-type", "unit_test"];
    const run = folder.run(["build", "--quiet", ...select, ...varsOf(loader)]);
    expect({ loader, ...run }).toEqual({ loader, status: 0, output: "" });
    const { stdout, stderr } = python("-c", FIGURES, folder.warehouse);
    expect(stderr).toBe("");
    return JSON.parse(stdout) as [unknown[][], number];
  };
  const stale = (loader: string): string[] => {
    const select = ["--select", ...details.map((source) => `source:ad_platforms.${source}`)];
    const { output } = folder.run(["source", "freshness", ...select, ...varsOf(loader)]);
    return [...output.matchAll(/ERROR STALE freshness of ad_platforms\.(\w+)/g)].map(([, source]) => source!).sort();
  };

  itWithDbt(
    "are the same from Airbyte, Fivetran and dlt, the newest load of each row counts once, and old days are stale",
    () => {
      const generated = ["--duckdb", folder.warehouse, "--orders", "500", "--optional", "ads"];
      expect(python("dbt/sample-data/generate.py", ...generated)).toEqual({ status: 0, stdout: "", stderr: "" });
      const [rows, left] = figures("airbyte");
      expect(rows.length).toBeGreaterThan(2000);
      const rowsWithoutLinkedIn = rows.filter(([, platform]) => platform !== "linkedin_ads");
      expect(rows.length - rowsWithoutLinkedIn.length).toBeGreaterThan(200);
      expect(left).toBe(0);
      expect(stale("airbyte")).toEqual([...details].sort());
      for (const [loader, shapes] of Object.entries(SHAPES)) {
        expect(python("-c", RESHAPE, folder.warehouse, JSON.stringify(shapes))).toMatchObject({
          status: 0,
          stderr: "",
        });
        // dlt has no report of LinkedIn's ads.
        const isWithoutLinkedIn = loader === "dlt";
        expect(figures(loader)).toEqual([isWithoutLinkedIn ? rowsWithoutLinkedIn : rows, 0]);
        expect(stale(loader)).toEqual((isWithoutLinkedIn ? details.slice(0, 3) : details).toSorted());
      }
    },
  );
});
