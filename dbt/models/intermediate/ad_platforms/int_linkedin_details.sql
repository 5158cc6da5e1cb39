{{ config(enabled=ad_detail_enabled('linkedin_details')) }}
{% set in_dollars = setting('reporting_currency') == 'USD' %}

with details as (

    select * from {{ ref('stg_linkedin_details') }}

),

creatives as (

    select * from {{ ref('stg_linkedin_creatives') }}

),

campaigns as (

    select * from {{ ref('int_linkedin_campaigns') }}

),

rates as (

    select * from {{ ref('int_linkedin_rates') }}

)

select
    details.date_day,
    cast('linkedin_ads' as varchar(64)) as platform,
    cast(coalesce(campaigns.account_id, 'unknown') as varchar(64)) as account_id,
    cast(coalesce(campaigns.campaign_id, creatives.linkedin_campaign_id) as varchar(128)) as campaign_id,
    creatives.linkedin_campaign_id as ad_group_id,
    campaigns.linkedin_campaign_name as ad_group_name,
    details.creative_id as ad_id,
    cast(null as varchar(256)) as ad_name,
    cast(null as varchar(128)) as keyword_id,
    cast(null as varchar(256)) as keyword,
    creatives.url,
    coalesce(details.impressions, 0) as impressions,
    coalesce(details.clicks, 0) as clicks,
    cast(coalesce(details.{{ 'cost_in_usd' if in_dollars else 'cost_in_local_currency' }}, 0) as numeric(18, 6)) as spend,
    cast(coalesce(details.conversions, 0) as numeric(18, 4)) as conversions,
    cast(coalesce(
        details.value_in_local_currency {{ '* coalesce(rates.dollars_per_local_unit, 1)' if in_dollars }}, 0
    ) as numeric(18, 6)) as conversions_value
from details
inner join creatives on details.creative_id = creatives.creative_id
left join campaigns on creatives.linkedin_campaign_id = campaigns.linkedin_campaign_id
left join rates on coalesce(campaigns.account_id, 'unknown') = rates.account_id
where creatives.linkedin_campaign_id is not null
