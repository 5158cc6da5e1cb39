with summary as (

    select * from {{ ref('executive_summary') }}

),

cohorts as (

    select
        case months_since_first_purchase when 1 then 'retention_month_1' else 'retention_month_3' end as kpi_name,
        activity_month as period_month,
        cohort_size as number_of_cases,
        'customers' as cases
    from {{ ref('customer_cohorts') }}
    where months_since_first_purchase in (1, 3)

),

returns as (

    select
        'return_rate' as kpi_name,
        order_month as period_month,
        count(*) as number_of_cases,
        'orders' as cases
    from {{ ref('orders') }}
    group by order_month

),

latest as (

    select max(period_month) as period_month from summary

),

-- Those who were active when the month began, as in the KPI.
churn as (

    select
        'churn_rate' as kpi_name,
        latest.period_month,
        count(distinct orders.customer_id) as number_of_cases,
        'customers' as cases
    from {{ ref('orders') }} as orders
    inner join latest
        on orders.order_date < latest.period_month
        and {{ add_days('orders.order_date', setting('recency_lapsed_days') | int + 1) }} >= latest.period_month
    where orders.is_successful
    group by latest.period_month

),

-- The customers or orders that a percentage is of. Percentages of dollars have none.
bases as (

    select kpi_name, period_month, number_of_cases, cases from cohorts
    union all
    select kpi_name, period_month, number_of_cases, cases from returns
    union all
    select kpi_name, period_month, number_of_cases, cases from churn

)

select
    summary.kpi_name,
    summary.label,
    summary.unit,
    summary.value,
    kpis.prior_value,
    summary.change_pct,
    summary.yoy_change_pct,
    summary.is_improvement,
    summary.target,
    summary.variance_pct,
    summary.status,
    kpis.expected_outcome,
    kpis.definition,
    bases.number_of_cases,
    bases.cases
from summary
inner join {{ ref('executive_kpis') }} as kpis
    on summary.kpi_name = kpis.kpi_name and summary.period_month = kpis.period_month
left join bases
    on summary.kpi_name = bases.kpi_name and summary.period_month = bases.period_month
order by summary.kpi_name
