{{ config(enabled=ads_enabled()) }}

with ads as (

    select * from {{ ref('fct_ad_performance') }}

),

platforms as (

    select * from {{ ref('int_platform_channels') }}

)

select
    {{ first_of_month('ads.date_day') }} as period_month,
    platforms.attribution_channel,
    {{ money('sum(ads.spend)') }} as spend
from ads
inner join platforms on ads.platform = platforms.platform
group by {{ first_of_month('ads.date_day') }}, platforms.attribution_channel
