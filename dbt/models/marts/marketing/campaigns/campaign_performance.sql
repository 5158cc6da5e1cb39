{{
    config(
        enabled=ads_enabled(),
        sort='month',
        dist='campaign_id',
        indexes=on_postgres([{'columns': ['month', 'attribution_channel', 'campaign_id', 'platform'], 'unique': true}]),
    )
}}
{% set of_campaign = 'over (partition by month, attribution_channel, campaign_id)' %}
{% set unknown = '0' if source_enabled('touchpoints') else 'null' %}

-- Credits and sessions name a campaign, not its platform. Where a campaign has one platform, they belong to it.
with measures as (

    select
        *,
        case when min(platform) {{ of_campaign }} = max(platform) {{ of_campaign }} then max(platform) {{ of_campaign }} end
            as one_platform
    from {{ ref('int_campaign_measures') }}

),

revenue as (

    select
        {{ first_of_month('order_date') }} as month,
        sum(amount) as revenue
    from {{ ref('orders') }}
    where is_successful
    group by 1

),

as_of as (

    select {{ analysis_date() }} as analysis_date

),

totals as (

    select
        month,
        attribution_channel,
        campaign_id,
        coalesce(platform, one_platform) as platform,
        max(campaign_name) as campaign_name,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks,
        sum(sessions) as sessions,
        {{ money('coalesce(sum(spend), 0)') }} as spend,
        sum(budget) as budget,
        sum(platform_conversions) as platform_conversions,
        sum(platform_conversions_value) as platform_conversions_value,
        {% for credit in ['attributed_conversions', 'attributed_revenue', 'new_customers'] %}
        case
            when max(platform) is not null and max(one_platform) is null then null
            else coalesce(sum({{ credit }}), {{ unknown }})
        end as {{ credit }}{{ ',' if not loop.last }}
        {% endfor %}
    from measures
    group by month, attribution_channel, campaign_id, coalesce(platform, one_platform)

),

shared as (

    select
        totals.*,
        {{ ratio('revenue.revenue', 'sum(totals.spend) over (partition by totals.month)') }} as mer,
        {{ elapsed_share('totals.month', 'as_of.analysis_date') }} as elapsed_share
    from totals
    cross join as_of
    left join revenue on totals.month = revenue.month

)

select
    month,
    attribution_channel,
    campaign_id,
    campaign_name,
    platform,
    cast(impressions as bigint) as impressions,
    cast(clicks as bigint) as clicks,
    cast(sessions as bigint) as sessions,
    spend,
    {{ money('budget') }} as budget,
    cast(platform_conversions as double precision) as platform_conversions,
    cast(platform_conversions_value as double precision) as platform_conversions_value,
    cast(attributed_conversions as double precision) as attributed_conversions,
    cast(attributed_revenue as double precision) as attributed_revenue,
    cast(new_customers as double precision) as new_customers,
    {{ campaign_ratios() }},
    {{ rate('(platform_conversions - attributed_conversions)', 'attributed_conversions') }} as discrepancy_rate,
    mer,
    {{ ratio('spend', 'budget * elapsed_share') }} as pacing,
    cast('{{ setting('performance_attribution_model') }}' as varchar(32)) as attribution_model
from shared
