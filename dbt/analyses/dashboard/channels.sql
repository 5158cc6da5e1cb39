{{ config(enabled=ads_enabled()) }}
{% set is_shown = is_not_small('channels.attributed_conversions') %}

select
    channels.attribution_channel,
    channels.spend,
    {{ shown_count('channels.attributed_conversions') }} as attributed_conversions,
    case when {{ is_shown }} then channels.attributed_revenue end as attributed_revenue,
    case when {{ is_shown }} then channels.roas end as roas,
    case when {{ is_shown }} then channels.cpa end as cpa,
    case when {{ is_shown }} then channels.cac end as cac,
    channels.first_month,
    channels.last_month,
    channels.attribution_model
from {{ ref('channel_performance') }} as channels
order by channels.spend desc, channels.attributed_revenue desc, channels.attribution_channel asc
