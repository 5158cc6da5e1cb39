{{ config(enabled=source_enabled('linkedin_ads')) }}
{% set in_dollars = setting('reporting_currency') == 'USD' %}

with analytics as (

    select * from {{ ref('stg_linkedin_ads_analytics') }}

),

campaigns as (

    select * from {{ ref('int_linkedin_campaigns') }}

),

assigned as (

    select
        analytics.*,
        coalesce(campaigns.account_id, 'unknown') as account_id,
        coalesce(campaigns.campaign_id, analytics.linkedin_campaign_id) as campaign_id,
        campaigns.campaign_name
    from analytics
    left join campaigns on analytics.linkedin_campaign_id = campaigns.linkedin_campaign_id

),

rates as (

    select * from {{ ref('int_linkedin_rates') }}

)

select
    cast(assigned.date_day as date) as date_day,
    cast('linkedin_ads' as varchar(64)) as platform,
    cast(assigned.account_id as varchar(64)) as account_id,
    cast(assigned.campaign_id as varchar(128)) as campaign_id,
    cast(max(assigned.campaign_name) as varchar(256)) as campaign_name,
    cast(coalesce(sum(assigned.impressions), 0) as bigint) as impressions,
    cast(coalesce(sum(assigned.clicks), 0) as bigint) as clicks,
    cast(coalesce(sum(assigned.{{ 'cost_in_usd' if in_dollars else 'cost_in_local_currency' }}), 0) as numeric(18, 6)) as spend,
    cast(coalesce(sum(assigned.conversions), 0) as numeric(18, 4)) as conversions,
    cast(coalesce(sum(
        assigned.value_in_local_currency {{ '* rates.dollars_per_local_unit' if in_dollars }}
    ), 0) as numeric(18, 6)) as conversions_value
from assigned
inner join rates on assigned.account_id = rates.account_id
group by assigned.date_day, assigned.account_id, assigned.campaign_id
