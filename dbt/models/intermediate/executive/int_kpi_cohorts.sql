with cohorts as (

    select * from {{ ref('customer_cohorts') }}

),

months as (

    select
        activity_month,
        sum(cohort_revenue) as revenue,
        sum(case when months_since_first_purchase = 0 then cohort_size else 0 end) as customers_won,
        max(case when months_since_first_purchase = 1 then retention_rate end) as retention_month_1,
        max(case when months_since_first_purchase = 3 then retention_rate end) as retention_month_3
    from cohorts
    group by activity_month

),

accumulated as (

    select
        months.*,
        sum(revenue) over (
            order by activity_month rows between unbounded preceding and current row
        ) as revenue_so_far,
        sum(customers_won) over (
            order by activity_month rows between unbounded preceding and current row
        ) as customers_so_far
    from months

)

select
    activity_month as period_month,
    retention_month_1,
    retention_month_3,
    {{ ratio('revenue_so_far', 'customers_so_far') }} as ltv_per_customer
from accumulated
