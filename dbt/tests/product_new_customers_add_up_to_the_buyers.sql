{{ config(tags=['business_logic']) }}

-- Each buyer is new in exactly one row.
with buyers as (

    select count(distinct customer_id) as customers from {{ ref('int_order_amounts') }} where is_successful

),

new_customers as (

    select coalesce(sum(new_customers), 0) as customers from {{ ref('product_performance') }}

)

select
    new_customers.customers,
    buyers.customers as expected_customers
from new_customers
cross join buyers
where new_customers.customers <> buyers.customers
