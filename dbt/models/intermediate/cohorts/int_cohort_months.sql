with cohort_orders as (

    select * from {{ ref('int_cohort_orders') }}

),

activity as (

    select
        cohort_month,
        {{ months_between('cohort_month', 'order_month') }} as months_since_first_purchase,
        count(distinct customer_id) as active_customers,
        count(*) as cohort_orders,
        sum(amount) as cohort_revenue
    from cohort_orders
    group by cohort_month, order_month

),

cohorts as (

    select
        cohort_month,
        active_customers as cohort_size,
        {{ months_between('cohort_month', analysis_date()) }} as age
    from activity
    where months_since_first_purchase = 0

),

months as (

    select cast(generated_number - 1 as integer) as months_since_first_purchase
    from ({{ dbt.generate_series(1200) }}) as numbers

)

select
    cohorts.cohort_month,
    months.months_since_first_purchase,
    cohorts.cohort_size,
    coalesce(activity.active_customers, 0) as active_customers,
    coalesce(activity.cohort_orders, 0) as cohort_orders,
    {{ money('coalesce(activity.cohort_revenue, 0)') }} as cohort_revenue
from cohorts
inner join months on cohorts.age >= months.months_since_first_purchase
left join activity
    on cohorts.cohort_month = activity.cohort_month
    and months.months_since_first_purchase = activity.months_since_first_purchase
