{{ config(enabled=ads_enabled(), tags=['campaigns', 'integration']) }}
{% set day = first_of_month('date_day') %}
{# Each measure of campaign_performance: its model, month, place (a platform or a channel) and column there. #}
{% set measures = [
    ('impressions', 'fct_ad_performance', day, 'platform', 'impressions'),
    ('clicks', 'fct_ad_performance', day, 'platform', 'clicks'),
    ('spend', 'fct_ad_performance', day, 'platform', 'spend'),
    ('platform_conversions', 'fct_ad_performance', day, 'platform', 'conversions'),
    ('platform_conversions_value', 'fct_ad_performance', day, 'platform', 'conversions_value'),
] %}
{% if source_enabled('google_analytics') %}
{% do measures.append(('sessions', 'web_sessions', day, 'attribution_channel', 'sessions')) %}
{% endif %}
{% if source_enabled('budgets') %}
{% do measures.append(('budget', 'stg_budgets', 'month', 'platform', 'budget')) %}
{% endif %}

-- Each cost, session and budget is in the month, the campaign and the platform or channel of its source.
with sources as (

    {% for measure, model, month, place, column in measures %}
    select '{{ measure }}' as measure, {{ month }} as month, {{ place }} as place, campaign_id, sum({{ column }}) as total
    from {{ ref(model) }}
    group by 1, 2, 3, 4
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

campaigns as (

    {% for measure, model, month, place, column in measures %}
    select '{{ measure }}' as measure, month, {{ place }} as place, campaign_id, sum({{ measure }}) as total
    from {{ ref('campaign_performance') }}
    {{ 'where platform is not null' if model == 'fct_ad_performance' }}
    group by 1, 2, 3, 4
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    coalesce(sources.measure, campaigns.measure) as measure,
    coalesce(sources.month, campaigns.month) as month,
    coalesce(sources.place, campaigns.place) as place,
    coalesce(sources.campaign_id, campaigns.campaign_id) as campaign_id,
    sources.total as expected_total,
    campaigns.total
from sources
full outer join campaigns
    on sources.measure = campaigns.measure
    and sources.month = campaigns.month
    and sources.place = campaigns.place
    and sources.campaign_id = campaigns.campaign_id
-- Spend is rounded to cents. A row with a budget and no costs has costs of 0.
where abs(coalesce(sources.total, 0) - coalesce(campaigns.total, 0)) > 0.006
