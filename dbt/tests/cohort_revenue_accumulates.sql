{{ config(tags=['business_logic']) }}

-- Cumulative revenue never falls, and grows by the revenue of the month.
with months as (

    select
        cohort_month,
        months_since_first_purchase,
        cohort_revenue,
        cumulative_revenue,
        lag(cumulative_revenue) over (
            partition by cohort_month
            order by months_since_first_purchase
        ) as revenue_before
    from {{ ref('customer_cohorts') }}

)

select *
from months
where cumulative_revenue < coalesce(revenue_before, 0)
    or cumulative_revenue <> coalesce(revenue_before, 0) + cohort_revenue
