{{ config(tags=['critical', 'business_logic']) }}

-- Buyers whose first successful order lies in a month up to that of analysis_date.
with buyers as (

    select count(*) as customers
    from (
        select customer_id
        from {{ ref('int_order_amounts') }}
        where is_successful and order_date is not null and customer_id is not null
        group by customer_id
        having {{ months_between('min(order_date)', analysis_date()) }} >= 0
    ) as customers

),

cohorts as (

    select coalesce(sum(cohort_size), 0) as customers
    from {{ ref('customer_cohorts') }}
    where months_since_first_purchase = 0

)

select
    buyers.customers as expected_customers,
    cohorts.customers
from buyers
cross join cohorts
where buyers.customers <> cohorts.customers
