{{ config(enabled=ads_enabled()) }}

with ads as (

    select * from {{ ref('fct_ad_performance') }}

),

costs as (

    select
        {{ first_of_month('date_day') }} as period_month,
        sum(spend) as ad_spend
    from ads
    group by {{ first_of_month('date_day') }}

){% if source_enabled('budgets') %},

budgets as (

    select
        month as period_month,
        {{ money('sum(budget)') }} as budget,
        {{ money('sum(spend)') }} as budgeted_spend
    from {{ ref('budget_performance') }}
    where budget is not null
    group by month

){% endif %}{% if source_enabled('touchpoints') %},

-- A paid channel is a channel that a platform's ads lead to.
credits as (

    select
        order_month as period_month,
        {%- for model in attribution_models() %}
        sum(case when attribution_model = '{{ model }}' then credited_revenue else 0 end) as {{ model }}_revenue{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('attribution_by_month') }}
    where attribution_channel in (select paid.attribution_channel from {{ ref('int_platform_channels') }} as paid)
    group by order_month

){% endif %}

select
    months.period_month,
    {{ money('coalesce(costs.ad_spend, 0)') }} as ad_spend
    {%- if source_enabled('budgets') %},
    budgets.budget,
    budgets.budgeted_spend
    {%- endif %}
    {%- if source_enabled('touchpoints') %}
    {%- for model in attribution_models() %},
    coalesce(credits.{{ model }}_revenue, 0) as {{ model }}_revenue
    {%- endfor %}
    {%- endif %}
from {{ ref('int_kpi_months') }} as months
left join costs on months.period_month = costs.period_month
{% if source_enabled('budgets') %}
left join budgets on months.period_month = budgets.period_month
{% endif %}
{% if source_enabled('touchpoints') %}
left join credits on months.period_month = credits.period_month
{% endif %}
