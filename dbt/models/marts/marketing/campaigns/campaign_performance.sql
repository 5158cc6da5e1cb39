{{
    config(
        enabled=ads_enabled(),
        sort='month',
        dist='campaign_id',
        indexes=on_postgres([{'columns': ['month', 'attribution_channel', 'campaign_id', 'platform'], 'unique': true}]),
    )
}}
{% set unknown = '0' if source_enabled('touchpoints') else 'null' %}

with measures as (

    select * from {{ ref('int_campaign_measures') }}

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

-- Credits and sessions name a campaign, not its platform. Where a campaign has one platform, they belong to it.
campaigns as (

    select
        month,
        attribution_channel,
        campaign_id,
        max(platform) as one_platform,
        count(distinct platform) as platforms
    from measures
    group by month, attribution_channel, campaign_id

),

assigned as (

    select
        measures.*,
        campaigns.platforms,
        coalesce(measures.platform, case when campaigns.platforms = 1 then campaigns.one_platform end) as known_platform
    from measures
    inner join campaigns
        on measures.month = campaigns.month
        and measures.attribution_channel = campaigns.attribution_channel
        and measures.campaign_id = campaigns.campaign_id

),

totals as (

    select
        month,
        attribution_channel,
        campaign_id,
        known_platform as platform,
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
            when max(platforms) > 1 and known_platform is not null then null
            else coalesce(sum({{ credit }}), {{ unknown }})
        end as {{ credit }}{{ ',' if not loop.last }}
        {% endfor %}
    from assigned
    group by month, attribution_channel, campaign_id, known_platform

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
