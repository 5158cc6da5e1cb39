{{ config(enabled=ads_enabled(), tags=['campaigns', 'integration']) }}
{% set ads = {
    'impressions': 'impressions', 'clicks': 'clicks', 'spend': 'spend',
    'platform_conversions': 'conversions', 'platform_conversions_value': 'conversions_value',
} %}
{% set has_sessions, has_budgets = source_enabled('google_analytics'), source_enabled('budgets') %}

-- Each cost, session and budget is in the month, the campaign and the platform or channel of its source.
with sources as (

    {% for measure, column in ads.items() %}
    select '{{ measure }}' as measure, {{ first_of_month('date_day') }} as month, platform as place, campaign_id, sum({{ column }}) as total
    from {{ ref('fct_ad_performance') }}
    group by 1, 2, 3, 4
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {% if has_sessions %}
    union all
    select 'sessions' as measure, {{ first_of_month('date_day') }} as month, attribution_channel as place, campaign_id, sum(sessions) as total
    from {{ ref('web_sessions') }}
    group by 1, 2, 3, 4
    {% endif %}
    {% if has_budgets %}
    union all
    select 'budget' as measure, month, platform as place, campaign_id, sum(budget) as total
    from {{ ref('stg_budgets') }}
    group by 1, 2, 3, 4
    {% endif %}

),

campaigns as (

    {% for measure in ads %}
    select '{{ measure }}' as measure, month, platform as place, campaign_id, sum({{ measure }}) as total
    from {{ ref('campaign_performance') }}
    where platform is not null
    group by 1, 2, 3, 4
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {% if has_sessions %}
    union all
    select 'sessions' as measure, month, attribution_channel as place, campaign_id, sum(sessions) as total
    from {{ ref('campaign_performance') }}
    group by 1, 2, 3, 4
    {% endif %}
    {% if has_budgets %}
    union all
    select 'budget' as measure, month, platform as place, campaign_id, sum(budget) as total
    from {{ ref('campaign_performance') }}
    group by 1, 2, 3, 4
    {% endif %}

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
