{{ config(enabled=source_enabled('google_ads')) }}

with stats as (

    select
        coalesce(trim(customer_id), 'unknown') as account_id,
        trim(campaign_id) as campaign_id,
        campaign_name,
        cast(segments_date as date) as date_day,
        coalesce(segments_ad_network_type, '') as network,
        metrics_impressions,
        metrics_clicks,
        metrics_cost_micros,
        metrics_conversions,
        metrics_conversions_value,
        loaded_at
    from {{ source('ad_platforms', 'google_ads_campaign_stats') }}
    where segments_date is not null
        and campaign_id is not null
        and {{ happened_by_analysis_date('cast(segments_date as date)') }}

),

numbered as (

    select
        stats.*,
        row_number() over (
            partition by account_id, campaign_id, date_day, network
            order by
                loaded_at desc nulls last,
                metrics_cost_micros desc nulls last,
                metrics_impressions desc nulls last,
                metrics_conversions desc nulls last,
                campaign_name nulls last
        ) as row_position
    from stats

)

select
    cast(date_day as date) as date_day,
    cast('google_ads' as varchar(64)) as platform,
    cast(account_id as varchar(64)) as account_id,
    cast(campaign_id as varchar(128)) as campaign_id,
    cast(max(campaign_name) as varchar(256)) as campaign_name,
    cast(coalesce(sum(metrics_impressions), 0) as bigint) as impressions,
    cast(coalesce(sum(metrics_clicks), 0) as bigint) as clicks,
    cast(cast(coalesce(sum(metrics_cost_micros), 0) as numeric(18, 0)) * 0.000001 as numeric(18, 6)) as spend,
    cast(coalesce(sum(metrics_conversions), 0) as numeric(18, 4)) as conversions,
    cast(coalesce(sum(metrics_conversions_value), 0) as numeric(18, 6)) as conversions_value
from numbered
where row_position = 1
group by date_day, account_id, campaign_id
