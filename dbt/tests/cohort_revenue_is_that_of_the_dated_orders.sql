{{ config(tags=['critical', 'business_logic']) }}

-- Successful orders with a customer and a date in a month up to that of analysis_date.
with orders as (

    select {{ money('coalesce(sum(amount), 0)') }} as revenue
    from {{ ref('int_order_amounts') }}
    where is_successful
        and customer_id is not null
        and {{ months_between('order_date', analysis_date()) }} >= 0

),

cohorts as (

    select {{ money('coalesce(sum(cohort_revenue), 0)') }} as revenue from {{ ref('customer_cohorts') }}

)

select
    orders.revenue as expected_revenue,
    cohorts.revenue
from orders
cross join cohorts
where orders.revenue <> cohorts.revenue
