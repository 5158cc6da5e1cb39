{{ config(enabled=source_enabled('ad_spend')) }}

with ad_spend as (

    select
        date_day,
        {{ folded_name('platform') }} as platform,
        coalesce(nullif(trim(campaign_id), ''), 'no_campaign') as campaign_id,
        impressions,
        clicks,
        spend
    from {{ source('ad_platforms', 'ad_spend') }}

)

select
    cast(date_day as date) as date_day,
    cast(platform as varchar(64)) as platform,
    cast('unknown' as varchar(64)) as account_id,
    cast(campaign_id as varchar(128)) as campaign_id,
    cast(null as varchar(256)) as campaign_name,
    cast(coalesce(sum(impressions), 0) as bigint) as impressions,
    cast(coalesce(sum(clicks), 0) as bigint) as clicks,
    cast(coalesce(sum(spend), 0) as numeric(18, 6)) as spend,
    cast(null as numeric(18, 4)) as conversions,
    cast(null as numeric(18, 6)) as conversions_value
from ad_spend
where date_day is not null
    and platform is not null
    and {{ happened_by_analysis_date('cast(date_day as date)') }}
group by date_day, platform, campaign_id
