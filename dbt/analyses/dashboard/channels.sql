{{ config(enabled=ads_enabled()) }}

select
    attribution_channel,
    spend,
    attributed_conversions,
    attributed_revenue,
    roas,
    cpa,
    cac,
    first_month,
    last_month,
    attribution_model
from {{ ref('channel_performance') }}
order by spend desc, attributed_revenue desc, attribution_channel asc
