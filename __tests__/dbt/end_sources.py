"""Deletes from the sources what happened after a day, as if they had been exported on it, and drops all models.

usage: end_sources.py WAREHOUSE DAY, the path of a DuckDB file and a day such as 2025-06-30
"""

import sys

import duckdb

# The SQL for the day of a row. Customers, names of campaigns, creatives, steps of flows, budgets and targets have none.
DAYS = {
    "orders": "order_date",
    "touchpoints": "touched_at",
    "ad_spend": "date_day",
    "meta_ads_insights": "date_start",
    "google_ads_campaign_stats": "segments_date",
    "ads_insights": "date_start",
    "ad_group_ad_legacy": "segments_date",
    "keyword_view": "segments_date",
    "linkedin_ads_analytics": "date_range_start",
    "ad_creative_analytics": "start_date",
    "google_analytics_sessions": "strptime(date, '%Y%m%d')",
    "sendgrid_events": "to_timestamp(event_epoch) at time zone 'UTC'",
    "sendgrid_single_sends": "send_at",
    "mailchimp_activity": "substring(event_timestamp, 1, 10)",
    "mailchimp_campaigns": "substring(send_time, 1, 10)",
    "automation_enrolments": "enrolled_at",
    "automation_events": "occurred_at",
    "clv_model_parameters": "as_of_date",
    "consent": "changed_at",
}


def main(warehouse: str, day: str) -> None:
    connection = duckdb.connect(warehouse)
    for schema in ("marketing", "marketing_prep"):
        connection.execute(f"drop schema {schema} cascade")
    connection.execute(
        "delete from dbt_production.payments where order_id in "
        "(select id from dbt_production.orders where order_date > cast(? as date))",
        [day],
    )
    for table, date in DAYS.items():
        connection.execute(f"delete from dbt_production.{table} where cast({date} as date) > cast(? as date)", [day])


if __name__ == "__main__":
    main(*sys.argv[1:])
