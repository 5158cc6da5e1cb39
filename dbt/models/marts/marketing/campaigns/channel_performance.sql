{{
    config(
        enabled=ads_enabled(),
        indexes=on_postgres([{'columns': ['attribution_channel'], 'unique': true}]),
    )
}}
{% set unknown = '0' if source_enabled('touchpoints') else 'null' %}

with campaigns as (

    select * from {{ ref('campaign_performance') }}

),

period as (

    select
        min(month) as first_month,
        max(month) as last_month
    from campaigns
    where spend > 0

),

totals as (

    select
        attribution_channel,
        {{ money('sum(spend)') }} as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(platform_conversions) as platform_conversions,
        coalesce(sum(attributed_conversions), {{ unknown }}) as attributed_conversions,
        coalesce(sum(attributed_revenue), {{ unknown }}) as attributed_revenue,
        coalesce(sum(new_customers), {{ unknown }}) as new_customers
    from campaigns
    cross join period
    where campaigns.month between period.first_month and period.last_month or period.first_month is null
    group by attribution_channel

)

select
    totals.attribution_channel,
    totals.spend,
    cast(totals.impressions as bigint) as impressions,
    cast(totals.clicks as bigint) as clicks,
    totals.platform_conversions,
    totals.attributed_conversions,
    totals.attributed_revenue,
    totals.new_customers,
    {{ campaign_ratios() }},
    period.first_month,
    period.last_month,
    cast('{{ setting('performance_attribution_model') }}' as varchar(32)) as attribution_model
from totals
cross join period
