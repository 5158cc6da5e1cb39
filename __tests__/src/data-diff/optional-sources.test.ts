import { readFileSync } from "node:fs";
import { join } from "node:path";
import { optionalSourcesWith } from "../../../src/data-diff/optional-sources";

describe("the optional sources of a warehouse", () => {
  it("are those that have a table, also under the names of their loader", () => {
    expect(optionalSourcesWith(["customers", "orders", "sendgrid_events", "ads_insights"])).toBe(
      "sendgrid,meta_details",
    );
    expect(optionalSourcesWith(["customers"])).toBe("");
  });

  it("are all known to dbt", () => {
    const macro = readFileSync(join(__dirname, "../../../dbt/macros/source_enabled.sql"), "utf8");
    const list = macro.slice(macro.indexOf("macro all_optional_sources")).match(/'\w+'/g)!;
    const tables = list.map((name) => name.slice(1, -1));
    const asLoaded = tables.concat("ads_insights", "ad_group_ad_legacy", "keyword_view", "ad_creative_analytics");
    expect(optionalSourcesWith(asLoaded).split(",")).toEqual(tables);
  });
});
