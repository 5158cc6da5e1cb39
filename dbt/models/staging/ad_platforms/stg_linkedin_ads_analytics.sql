{{ config(enabled=source_enabled('linkedin_ads')) }}

with analytics as (

    select
        cast(date_range_start as date) as date_day,
        cast(replace(trim(pivot_value), 'urn:li:sponsoredCampaign:', '') as varchar(128)) as linkedin_campaign_id,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        cast(nullif(trim(cost_in_usd), '') as numeric(18, 6)) as cost_in_usd,
        cast(nullif(trim(cost_in_local_currency), '') as numeric(18, 6)) as cost_in_local_currency,
        cast(external_website_conversions as numeric(18, 4)) as conversions,
        cast(nullif(trim(conversion_value_in_local_currency), '') as numeric(18, 6)) as value_in_local_currency,
        loaded_at
    from {{ source('ad_platforms', 'linkedin_ads_analytics') }}
    where date_range_start is not null
        and pivot_value is not null
        and {{ happened_by_analysis_date('cast(date_range_start as date)') }}

),

numbered as (

    select
        analytics.*,
        row_number() over (
            partition by linkedin_campaign_id, date_day
            order by
                loaded_at desc nulls last,
                cost_in_usd desc nulls last,
                impressions desc nulls last,
                conversions desc nulls last
        ) as row_position
    from analytics

)

select
    date_day,
    linkedin_campaign_id,
    impressions,
    clicks,
    cost_in_usd,
    cost_in_local_currency,
    conversions,
    value_in_local_currency
from numbered
where row_position = 1
