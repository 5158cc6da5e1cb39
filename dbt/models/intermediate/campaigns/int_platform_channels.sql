{{ config(enabled=ads_enabled()) }}

with ads as (

    select * from {{ ref('fct_ad_performance') }}

),

listed as (

    select
        {{ folded_name('platform') }} as platform,
        {{ folded_name('attribution_channel') }} as attribution_channel
    from {{ ref('platform_channels') }}

),

platforms as (

    select platform from ads
    {% if source_enabled('budgets') %}
    union
    select platform from {{ ref('stg_budgets') }}
    {% else %}
    group by platform
    {% endif %}

),

-- The spelling of channels in touchpoints, by their names in lower snake case.
touched as (

    {% if source_enabled('touchpoints') %}
    select
        {{ folded_name('attribution_channel') }} as channel_name,
        min(attribution_channel) as attribution_channel
    from {{ ref('attribution_touch_credits') }}
    group by 1
    {% else %}
    select
        cast(null as varchar(64)) as channel_name,
        cast(null as varchar(64)) as attribution_channel
    {% endif %}

)

select
    platforms.platform,
    coalesce(
        own.attribution_channel, listed_touched.attribution_channel, listed.attribution_channel, platforms.platform
    ) as attribution_channel
from platforms
left join listed on platforms.platform = listed.platform
left join touched as own on platforms.platform = own.channel_name
left join touched as listed_touched on listed.attribution_channel = listed_touched.channel_name
