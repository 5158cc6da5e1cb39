{{ config(enabled=source_enabled('touchpoints'), tags=['executive', 'critical', 'integration']) }}

-- Each model distributes the monthly revenue of executive_kpis.
with credits as (

    select
        period_month,
        attribution_model,
        sum(credited_revenue) as credited_revenue
    from {{ ref('executive_attribution') }}
    group by period_month, attribution_model

),

revenue as (

    select period_month, value from {{ ref('executive_kpis') }} where kpi_name = 'revenue'

)

select
    credits.period_month,
    credits.attribution_model,
    credits.credited_revenue,
    revenue.value as revenue
from credits
inner join revenue on credits.period_month = revenue.period_month
where abs(credits.credited_revenue - revenue.value) > 0.01
