{{ config(enabled=ads_enabled()) }}

{% for model in ad_platform_models() %}
select
    date_day,
    platform,
    account_id,
    campaign_id,
    campaign_name,
    impressions,
    clicks,
    spend,
    conversions,
    conversions_value
from {{ ref(model) }}
{{ 'union all' if not loop.last }}
{% endfor %}
