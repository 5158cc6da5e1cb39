{{ config(enabled=ads_enabled()) }}
{#
  The rows of spend, credits, sessions and budgets, with null for the measures that a part does not have.
  campaign_performance adds them up, so it keeps a month of a campaign that only one part has.
#}
{% set parts = {'ads': {
    'impressions': 'impressions', 'clicks': 'clicks', 'spend': 'spend',
    'platform_conversions': 'conversions', 'platform_conversions_value': 'conversions_value',
}} %}
{% if source_enabled('touchpoints') %}
    {% do parts.update({'credits': {
        'attributed_conversions': 'attributed_conversions', 'attributed_revenue': 'attributed_revenue', 'new_customers': 'new_customers',
    }}) %}
{% endif %}
{% if source_enabled('google_analytics') %}{% do parts.update({'sessions': {'sessions': 'sessions'}}) %}{% endif %}
{% if source_enabled('budgets') %}{% do parts.update({'budgets': {'budget': 'budget'}}) %}{% endif %}
{% set types = {
    'impressions': 'bigint', 'clicks': 'bigint', 'spend': 'numeric(18, 6)', 'platform_conversions': 'numeric(18, 4)',
    'platform_conversions_value': 'numeric(18, 6)', 'attributed_conversions': 'double precision',
    'attributed_revenue': 'double precision', 'new_customers': 'double precision', 'sessions': 'bigint', 'budget': 'numeric(18, 2)',
} %}

with platforms as (

    select * from {{ ref('int_platform_channels') }}

),

ads as (

    select
        {{ first_of_month('performance.date_day') }} as month,
        platforms.attribution_channel,
        performance.*
    from {{ ref('fct_ad_performance') }} as performance
    inner join platforms on performance.platform = platforms.platform

){% if 'credits' in parts %},

credits as (

    select
        credits.*,
        cast(null as varchar(64)) as platform,
        cast(null as varchar(256)) as campaign_name
    from {{ ref('int_campaign_credits') }} as credits

){% endif %}{% if 'sessions' in parts %},

sessions as (

    select
        {{ first_of_month('date_day') }} as month,
        attribution_channel,
        campaign_id,
        sessions,
        cast(null as varchar(64)) as platform,
        cast(null as varchar(256)) as campaign_name
    from {{ ref('web_sessions') }}

){% endif %}{% if 'budgets' in parts %},

budgets as (

    select
        budgets.*,
        platforms.attribution_channel,
        cast(null as varchar(256)) as campaign_name
    from {{ ref('stg_budgets') }} as budgets
    inner join platforms on budgets.platform = platforms.platform

){% endif %}

{% for part, measures in parts.items() %}
select
    month,
    attribution_channel,
    campaign_id,
    platform,
    campaign_name,
    {% for measure, type in types.items() %}
    cast({{ measures.get(measure, 'null') }} as {{ type }}) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ part }}
{{ 'union all' if not loop.last }}
{% endfor %}
