"""Ads of the sample shop: optional tables of Meta, Google Ads, LinkedIn, other platforms, Google Analytics, budgets.

generate.py calls add_ad_platforms() after world.sql, which has the macro pick(). The same seed makes the same rows. The
data has the faults of real exports: restated days, purchases with two types, missing actions, a day without data, a
renamed campaign, costs without a campaign, another currency, and a platform that is two days late.
"""

from pathlib import Path

import duckdb
from campaigns import CAMPAIGNS

TABLES = (
    "meta_ads_insights",
    "google_ads_campaign_stats",
    "ads_insights",
    "ad_group_ad_legacy",
    "keyword_view",
    "linkedin_ads_analytics",
    "linkedin_campaigns",
    "linkedin_campaign_groups",
    "ad_creative_analytics",
    "creatives",
    "ad_spend",
    "google_analytics_sessions",
    "budgets",
)
PROGRAM = Path(__file__).with_name("ad_platforms.sql")


def add_ad_platforms(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Fills the tables of TABLES in schema dbt_production."""
    connection.execute("set variable seed = $seed", {"seed": str(seed)})
    connection.execute(
        "create temp table flights (campaign_id varchar, campaign_name varchar, platform varchar, first_day date, last_day date)"
    )
    flights = [(c.campaign_id, c.campaign_name, c.platform, first, last) for c in CAMPAIGNS for first, last in c.flights]
    connection.executemany("insert into flights values (?, ?, ?, ?, ?)", flights)
    connection.execute(PROGRAM.read_text(encoding="utf-8"))
