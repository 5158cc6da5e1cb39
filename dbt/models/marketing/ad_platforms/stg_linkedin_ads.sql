{{ config(enabled=source_enabled('linkedin_ads')) }}
{% set in_dollars = setting('reporting_currency') == 'USD' %}

with analytics as (

    select
        cast(replace(trim(pivot_value), 'urn:li:sponsoredCampaign:', '') as varchar(128)) as linkedin_campaign_id,
        cast(date_range_start as date) as date_day,
        impressions,
        clicks,
        cast(nullif(trim(cost_in_usd), '') as numeric(18, 6)) as cost_in_usd,
        cast(nullif(trim(cost_in_local_currency), '') as numeric(18, 6)) as cost_in_local_currency,
        external_website_conversions,
        cast(nullif(trim(conversion_value_in_local_currency), '') as numeric(18, 6)) as value_in_local_currency,
        loaded_at
    from {{ source('ad_platforms', 'linkedin_ads_analytics') }}
    where date_range_start is not null and pivot_value is not null

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
                external_website_conversions desc nulls last
        ) as load_number
    from analytics

),

campaigns as (

    select * from {{ ref('int_linkedin_campaigns') }}

),

placed as (

    select
        numbered.*,
        coalesce(campaigns.account_id, 'unknown') as account_id,
        coalesce(campaigns.campaign_id, numbered.linkedin_campaign_id) as campaign_id,
        campaigns.campaign_name
    from numbered
    left join campaigns on numbered.linkedin_campaign_id = campaigns.linkedin_campaign_id
    where numbered.load_number = 1

),

rates as (

    select
        account_id as rated_account_id,
        coalesce({{ ratio('sum(cost_in_usd)', 'sum(cost_in_local_currency)') }}, 1) as dollars_per_local_unit
    from placed
    group by account_id

)

select
    cast(placed.date_day as date) as date_day,
    cast('linkedin_ads' as varchar(64)) as platform,
    cast(placed.account_id as varchar(64)) as account_id,
    cast(placed.campaign_id as varchar(128)) as campaign_id,
    cast(max(placed.campaign_name) as varchar(256)) as campaign_name,
    cast(coalesce(sum(placed.impressions), 0) as bigint) as impressions,
    cast(coalesce(sum(placed.clicks), 0) as bigint) as clicks,
    cast(coalesce(sum(placed.{{ 'cost_in_usd' if in_dollars else 'cost_in_local_currency' }}), 0) as numeric(18, 6)) as spend,
    cast(coalesce(sum(placed.external_website_conversions), 0) as numeric(18, 4)) as conversions,
    cast(coalesce(sum(
        placed.value_in_local_currency {{ '* rates.dollars_per_local_unit' if in_dollars }}
    ), 0) as numeric(18, 6)) as conversions_value
from placed
inner join rates on placed.account_id = rates.rated_account_id
group by placed.date_day, placed.account_id, placed.campaign_id
