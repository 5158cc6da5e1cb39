{{ config(enabled=ads_enabled(), tags=['critical', 'integration']) }}
{% set models = ['campaign_performance', 'channel_performance'] + (['budget_performance'] if source_enabled('budgets') else []) %}

-- All costs of the platforms are in each model. Rows are rounded to cents, and campaign_performance has the most rows.
with ads as (

    select coalesce(sum(spend), 0) as spend from {{ ref('fct_ad_performance') }}

),

sums as (

    {% for model in models %}
    select
        '{{ model }}' as model,
        coalesce(sum(spend), 0) as spend
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    sums.model,
    sums.spend,
    ads.spend as expected_spend
from sums
cross join ads
where abs(sums.spend - ads.spend) > 0.005 * (select count(*) + 1 from {{ ref('campaign_performance') }})
